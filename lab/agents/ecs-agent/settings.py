"""Lab stand-in, not AWS's code: the ECS agent's settings, from the two files that ecs-init reads (the latter wins)."""

import json

FILES = ("/var/lib/ecs/ecs.config", "/etc/ecs/ecs.config")
DRIVERS = '["json-file","syslog","awslogs","fluentd","none"]'


class Settings:
    """The cluster, Region and attributes that the agent registers with."""

    def __init__(self, files=FILES):
        values = {"ECS_CLUSTER": "default", "ECS_AVAILABLE_LOGGING_DRIVERS": DRIVERS}
        for path in files:
            values.update(_read(path))
        if values.get("ECS_EXTERNAL") != "true":
            raise SystemExit("this stand-in runs on external instances only: ECS_EXTERNAL=true is missing")
        self.cluster = values["ECS_CLUSTER"]
        self.region = values["AWS_DEFAULT_REGION"]
        self.attributes = json.loads(values.get("ECS_INSTANCE_ATTRIBUTES", "{}"))
        self.drivers = json.loads(values["ECS_AVAILABLE_LOGGING_DRIVERS"])


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.strip().split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
