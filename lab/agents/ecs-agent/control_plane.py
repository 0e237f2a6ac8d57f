"""Lab stand-in, not AWS's code: the ECS agent's calls to ECS."""

import uuid

import awsapi
import node

TARGET = "AmazonEC2ContainerServiceV20141113."
POLL_SECONDS = 30


class ControlPlane:
    def __init__(self, settings, docker_version):
        self._settings = settings
        self._docker_version = docker_version
        self._endpoint = None

    def _call(self, action, payload):
        return awsapi.call(self._settings.region, "ecs", TARGET + action, payload)

    def register(self, container_instance):
        """Registers, and returns the ARN. `container_instance`: the ARN of an earlier registration, or None."""
        request = {
            "cluster": self._settings.cluster,
            "clientToken": str(uuid.uuid4()),
            "totalResources": node.resources(),
            "versionInfo": {
                "agentVersion": node.AGENT_VERSION,
                "agentHash": "labstand",
                "dockerVersion": f"DockerVersion: {self._docker_version}",
            },
            "attributes": node.attributes(self._settings),
        }
        if container_instance:
            request["containerInstanceArn"] = container_instance
        return self._call("RegisterContainerInstance", request)["containerInstance"]["containerInstanceArn"]

    def poll(self, container_instance, known):
        """Returns the tasks of this host. Waits for changes. The lab's own call, in place of AWS's websocket."""
        if self._endpoint is None:
            where = {"containerInstance": container_instance, "cluster": self._settings.cluster}
            self._endpoint = self._call("DiscoverPollEndpoint", where)["endpoint"].rstrip("/")
        cluster = container_instance.split("/")[0].replace(":container-instance", ":cluster")
        request = {
            "clusterArn": f"{cluster}/{self._settings.cluster}",
            "containerInstanceArn": container_instance,
            "known": known,
        }
        url = f"{self._endpoint}/lab/poll"
        return awsapi.call(self._settings.region, "ecs", None, request, url=url, timeout=POLL_SECONDS)["tasks"]

    def submit_task(self, arn, change):
        self._call("SubmitTaskStateChange", {"cluster": self._settings.cluster, "task": arn, **change})
