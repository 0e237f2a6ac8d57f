"""Lab stand-in, not AWS's code: takes tasks from PENDING to RUNNING to STOPPED, and reports each change to ECS.

A task in the state: {payload, status, submitted, stopping, reason, containers: {name: {id, status, exitCode, health}},
pulledAt, stoppedAt}. `submitted` is the last status that ECS has acknowledged.
"""

import logging
import threading
import time
import uuid

import awsapi
import container as containers
import node
import registry
from docker import DockerError

CLEANUP_SECONDS = 60
# Like AWS's agent (agent/dockerclient/dockerapi): five attempts, 1.1 s to 5 s apart.
PULL_PAUSES = (1.1, 2.2, 4.4, 5, None)
STOP_SECONDS = 30
log = logging.getLogger("engine")


class StartError(Exception):
    """The reason why a task could not start, as ECS shows it in stoppedReason."""


class Engine:
    def __init__(self, docker, state, control_plane, cluster):
        self._docker = docker
        self._state = state
        self._control_plane = control_plane
        self._cluster = cluster

    def known(self):
        """Returns the tasks in the form of `/lab/poll`."""
        with self._state.lock:
            return [
                {
                    "taskArn": arn,
                    "lastStatus": task["status"],
                    "healthStatus": _health_of([c["health"] for c in task["containers"].values()]),
                    "containers": [
                        {"name": name, "lastStatus": c["status"], "healthStatus": c["health"], "runtimeId": c["id"]}
                        for name, c in task["containers"].items()
                    ],
                }
                for arn, task in self._state.tasks.items()
            ]

    def reconcile(self, wanted):
        """Starts and stops what ECS wants started and stopped."""
        with self._state.lock:
            for payload in wanted:
                arn, running = payload["taskArn"], payload["desiredStatus"] == "RUNNING"
                task = self._state.tasks.get(arn)
                if task is None:
                    task = self._state.tasks[arn] = _new_task(payload)
                    if running:
                        threading.Thread(target=self._start, args=(arn,), daemon=True).start()
                    else:
                        task.update(status="STOPPED", reason="Task was never started", stoppedAt=time.time())
                    continue
                # Role credentials are renewed with every answer.
                task["payload"] = {**task["payload"], **_credentials_in(payload)}
                if not running and task["status"] != "STOPPED" and not task["stopping"]:
                    task["stopping"] = True
                    threading.Thread(target=self._stop, args=(arn, ""), daemon=True).start()
                elif task["status"] == "STOPPED" and task["submitted"] == "STOPPED":
                    task["submitted"] = None
        self._state.save()

    def resume(self):
        """Ends tasks that were starting or stopping when the agent restarted; the others keep running."""
        with self._state.lock:
            for arn, task in self._state.tasks.items():
                if task["status"] == "PENDING":
                    threading.Thread(target=self._stop, args=(arn, "Agent restarted"), daemon=True).start()
                elif task["stopping"] and task["status"] != "STOPPED":
                    threading.Thread(target=self._stop, args=(arn, task["reason"]), daemon=True).start()

    def watch(self):
        """Inspects the containers of the running tasks once, and reports changes to ECS."""
        with self._state.lock:
            running = [(arn, dict(t["containers"])) for arn, t in self._state.tasks.items() if t["status"] == "RUNNING"]
        for arn, of_task in running:
            for name, known in of_task.items():
                self._look_at(arn, name, known)
        self._submit()
        self._clean_up()

    def _look_at(self, arn, name, known):
        seen = self._docker.inspect(known["id"])
        alive = seen is not None and seen["State"]["Status"] not in ("exited", "dead")
        with self._state.lock:
            task = self._state.tasks[arn]
            if alive:
                health = (seen["State"].get("Health") or {}).get("Status", "")
                task["containers"][name]["health"] = health.upper() if health in ("healthy", "unhealthy") else "UNKNOWN"
                return
            task["containers"][name].update(status="STOPPED", exitCode=seen["State"]["ExitCode"] if seen else None)
            definition = next(c for c in task["payload"]["containers"] if c["name"] == name)
            if definition.get("essential", True) and not task["stopping"]:
                task["stopping"] = True
                reason = "Essential container in task exited"
                threading.Thread(target=self._stop, args=(arn, reason), daemon=True).start()

    def _start(self, arn):
        with self._state.lock:
            task = self._state.tasks[arn]
        try:
            for definition in task["payload"]["containers"]:
                self._start_container(arn, task, definition)
        except (StartError, DockerError) as error:
            log.error("task %s: %s", arn, error)
            self._stop(arn, str(error))
            return
        with self._state.lock:
            stopped_meanwhile = task["stopping"]
            if not stopped_meanwhile:
                task["status"] = "RUNNING"
        if stopped_meanwhile:
            self._stop(arn, task["reason"])
            return
        self._state.save()
        log.info("task %s: RUNNING", arn)

    def _start_container(self, arn, task, definition):
        if definition.get("memory") and not node.memory_limits():
            raise StartError("CgroupError: Agent could not create task's platform resources")
        role, own = task["payload"].get("executionRoleCredentials"), definition.get("registryCredentials")
        self._pull(definition["image"], role, own)
        family, revision, name = task["payload"]["family"], task["payload"]["revision"], definition["name"]
        docker_name = f"ecs-{family}-{revision}-{name}-{uuid.uuid4().hex[:20]}"
        try:
            created = self._docker.create(docker_name, containers.specification(task["payload"], definition, self._cluster))
        except DockerError as error:
            raise StartError(f"CannotCreateContainerError: Error response from daemon: {error}") from None
        with self._state.lock:
            entry = {"id": created, "dockerName": docker_name, "status": "PENDING", "exitCode": None, "health": "UNKNOWN"}
            task["containers"][name] = entry
        self._state.save()
        try:
            self._docker.start(created)
        except DockerError as error:
            raise StartError(f"CannotStartContainerError: Error response from daemon: {error}") from None
        with self._state.lock:
            entry["status"] = "RUNNING"

    def _pull(self, image, role, own=None):
        """`own`: the credentials of the image's private registry, outside ECR."""
        for pause in PULL_PAUSES:
            try:
                self._docker.pull(image, registry.authorization(image, role, own))
                return
            except (DockerError, awsapi.ApiError) as error:
                # The agent's default pull behaviour falls back to a local image.
                if self._docker.image_id(image) is not None:
                    return
                if pause is None:
                    kind = "CannotPullECRContainerError" if isinstance(error, awsapi.ApiError) else "CannotPullContainerError"
                    raise StartError(f"{kind}: {error}") from None
            time.sleep(pause)

    def _stop(self, arn, reason):
        with self._state.lock:
            task = self._state.tasks[arn]
            task.update(stopping=True, reason=reason)
            timeouts = {c["name"]: c.get("stopTimeout") or STOP_SECONDS for c in task["payload"]["containers"]}
            of_task = list(task["containers"].items())
        for name, known in reversed(of_task):
            try:
                self._docker.stop(known["id"], timeouts[name])
                seen = self._docker.inspect(known["id"])
            except DockerError as error:
                log.error("container %s of %s: %s", name, arn, error)
                seen = None
            with self._state.lock:
                known["status"] = "STOPPED"
                if seen and known["exitCode"] is None:
                    known["exitCode"] = seen["State"]["ExitCode"]
        with self._state.lock:
            task.update(status="STOPPED", stoppedAt=time.time())
        self._state.save()
        log.info("task %s: STOPPED %s", arn, reason)

    def _submit(self):
        with self._state.lock:
            news = [(arn, t) for arn, t in self._state.tasks.items() if t["status"] not in ("PENDING", t["submitted"])]
        for arn, task in news:
            with self._state.lock:
                status, change = task["status"], _change(task)
            try:
                self._control_plane.submit_task(arn, change)
            except awsapi.ApiError as error:
                log.error("task %s: %s", arn, error)
                continue
            with self._state.lock:
                task["submitted"] = status
            self._state.save()

    def _clean_up(self):
        with self._state.lock:
            old = [
                (arn, [c["id"] for c in task["containers"].values()])
                for arn, task in self._state.tasks.items()
                if task["submitted"] == "STOPPED" and time.time() - task["stoppedAt"] > CLEANUP_SECONDS
            ]
        for arn, ids in old:
            for container_id in ids:
                self._docker.remove(container_id)
            with self._state.lock:
                del self._state.tasks[arn]
            self._state.save()


def _new_task(payload):
    blank = {"status": "PENDING", "submitted": None, "stopping": False, "reason": "", "containers": {}}
    return {"payload": payload, **blank, "startedAt": time.time(), "stoppedAt": None}


def _credentials_in(payload):
    return {key: value for key, value in payload.items() if key.endswith("RoleCredentials")}


def _health_of(healths):
    known = [health for health in healths if health != "UNKNOWN"]
    if "UNHEALTHY" in known:
        return "UNHEALTHY"
    return "HEALTHY" if known else "UNKNOWN"


def _change(task):
    definitions = {c["name"]: c for c in task["payload"]["containers"]}
    bridged = (task["payload"].get("networkMode") or "bridge") == "bridge"
    change = {"status": task["status"], "pullStartedAt": task["startedAt"], "containers": []}
    if task["status"] == "STOPPED":
        change.update(reason=task["reason"], executionStoppedAt=task["stoppedAt"])
    for name, known in task["containers"].items():
        ports = containers.bindings(definitions[name]) if bridged else []
        change["containers"].append(
            {
                "containerName": name,
                "runtimeId": known["id"],
                "status": known["status"],
                **({} if known["exitCode"] is None else {"exitCode": known["exitCode"]}),
                "networkBindings": [
                    {
                        "bindIP": "0.0.0.0",
                        "containerPort": int(port.split("/")[0]),
                        "hostPort": host_port,
                        "protocol": port.split("/")[1],
                    }
                    for port, host_port in ports
                ],
            }
        )
    return change
