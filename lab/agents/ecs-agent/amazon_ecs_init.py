#!/usr/bin/python3 -B
"""Lab stand-in for amazon-ecs-init and the ECS agent, not AWS's code: same files, ports and API calls; tasks run in
real Docker. It gets its tasks from `POST /lab/poll` instead of AWS's websocket, and runs on the host, not in Docker.

    amazon-ecs-init pre-start | start | stop | post-stop
"""

import logging
import os
import sys
import threading
import time

sys.path.insert(0, "/usr/lib/amazon-ecs-init")
import awsapi  # noqa: E402
import credentials_route  # noqa: E402
import servers  # noqa: E402
from control_plane import ControlPlane  # noqa: E402
from docker import Docker, DockerError  # noqa: E402
from engine import Engine  # noqa: E402
from settings import Settings  # noqa: E402
from state import State  # noqa: E402

LOG = "/var/log/ecs/ecs-agent.log"
# Like AWS's agent: after this exit status, a restart would not help.
TERMINAL = 5
log = logging.getLogger("agent")


def end(text):
    log.error("%s", text)
    logging.shutdown()
    os._exit(TERMINAL)


def register(state, control_plane, settings):
    while True:
        try:
            arn = control_plane.register(state.container_instance)
            break
        except awsapi.ApiError as error:
            if error.code == "ClientException" and state.container_instance:
                end(f"container instance {state.container_instance} is no more: {error}")
            log.error("unable to register as a container instance with ECS: %s", error)
            time.sleep(2)
    state.cluster, state.container_instance = settings.cluster, arn
    state.save()
    log.info("registration completed, cluster=%s instance=%s", settings.cluster, arn)


def poll(state, control_plane, engine):
    while True:
        try:
            engine.reconcile(control_plane.poll(state.container_instance, engine.known()))
        except awsapi.ApiError as error:
            if error.code == "InactiveInstanceException":
                end(f"container instance {state.container_instance} was deregistered: {error}")
            log.error("poll: %s", error)
            time.sleep(2)


def start():
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    form = "level=%(levelname)s time=%(asctime)s msg=\"%(message)s\" module=%(name)s"
    outputs = [logging.FileHandler(LOG), logging.StreamHandler()]
    logging.basicConfig(level=logging.INFO, format=form, handlers=outputs)
    settings, state = Settings(), State()
    if state.cluster not in (None, settings.cluster):
        end(
            f"data mismatch: saved cluster '{state.cluster}' does not match configured cluster '{settings.cluster}'; "
            "perhaps you want to delete the configured checkpoint file"
        )
    docker = Docker()
    control_plane = ControlPlane(settings, docker.version)
    servers.serve(51678, servers.introspection(settings, state))
    servers.serve(51679, servers.credentials(state))
    register(state, control_plane, settings)
    engine = Engine(docker, state, control_plane, settings.cluster)
    engine.resume()
    threading.Thread(target=poll, args=(state, control_plane, engine), daemon=True).start()
    while True:
        try:
            engine.watch()
        except DockerError as error:
            log.error("docker: %s", error)
        time.sleep(1)


def main():
    action = sys.argv[1] if len(sys.argv) == 2 else ""
    if action == "pre-start":
        credentials_route.make()
    elif action == "start":
        start()
    elif action == "post-stop":
        credentials_route.remove()
    elif action != "stop":
        print("usage: amazon-ecs-init pre-start | start | stop | post-stop", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
