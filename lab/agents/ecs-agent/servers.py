"""Lab stand-in, not AWS's code: what the ECS agent serves on its host, for people (51678) and for tasks (51679)."""

import datetime
import http.server
import json
import threading

import awsapi
import container as containers
import node


class _Handler(http.server.BaseHTTPRequestHandler):
    answer = staticmethod(lambda path: None)

    def do_GET(self):
        found = self.answer(self.path.split("?")[0])
        body = json.dumps(found if found is not None else {"code": "NotFound"}).encode()
        self.send_response(200 if found is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Logs nothing: the paths contain credential ids."""


def serve(port, answer):
    """Answers GET on 127.0.0.1:port in the background. `answer`: path → JSON value, or None for 404."""
    handler = type("Handler", (_Handler,), {"answer": staticmethod(answer)})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def introspection(settings, state):
    """Serves the agent's introspection API (ECS developer guide, "Amazon ECS container agent introspection")."""

    def answer(path):
        if path == "/v1/metadata":
            return {
                "Cluster": settings.cluster,
                "ContainerInstanceArn": state.container_instance,
                "Version": f"Amazon ECS Agent - v{node.AGENT_VERSION} (labstand)",
            }
        if path == "/v1/tasks":
            with state.lock:
                return {"Tasks": [_task(arn, task) for arn, task in state.tasks.items()]}
        return {"AvailableCommands": ["/v1/metadata", "/v1/tasks"]} if path == "/" else None

    return answer


def _task(arn, task):
    payload = task["payload"]
    definitions = {c["name"]: c for c in payload["containers"]}
    return {
        "Arn": arn,
        "DesiredStatus": "STOPPED" if task["stopping"] else "RUNNING",
        "KnownStatus": task["status"],
        "Family": payload["family"],
        "Version": str(payload["revision"]),
        "Containers": [
            {
                "DockerId": known["id"],
                "DockerName": known["dockerName"],
                "Name": name,
                "Ports": [
                    {"ContainerPort": int(port.split("/")[0]), "Protocol": port.split("/")[1], "HostPort": host_port}
                    for port, host_port in containers.bindings(definitions[name])
                ],
            }
            for name, known in task["containers"].items()
        ],
    }


def credentials(state):
    """Serves the role credentials of tasks; dockerd's awslogs driver asks for those of the execution role."""

    def answer(path):
        with state.lock:
            for arn, task in state.tasks.items():
                for kind, key in (("execution", "executionRoleCredentials"), ("task", "taskRoleCredentials")):
                    if path == containers.credentials_path(arn, kind):
                        given = task["payload"].get(key)
                        return given or (_node_credentials() if kind == "execution" else None)
        return None

    return answer


def _node_credentials():
    """Without an execution role, the node's own role writes the logs."""
    key_id, secret, token = awsapi.node_credentials() or ("", "", "")
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=15)
    expiration = soon.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"AccessKeyId": key_id, "SecretAccessKey": secret, "Token": token, "Expiration": expiration, "RoleArn": ""}
