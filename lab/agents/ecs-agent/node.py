"""Lab stand-in, not AWS's code: what the ECS agent reports about its host."""

import os

AGENT_VERSION = "1.105.1"
# sshd, Docker, and the agent's own: ECS developer guide, "Port mappings".
RESERVED_TCP = ["22", "2375", "2376", "51678", "51679"]


def memory_limits():
    """Whether the kernel can limit memory: on cgroup v2 by the root's controllers, on v1 by a mounted controller."""
    try:
        with open("/sys/fs/cgroup/cgroup.controllers", encoding="utf-8") as file:
            return "memory" in file.read().split()
    except FileNotFoundError:
        return os.path.exists("/sys/fs/cgroup/memory/memory.limit_in_bytes") or os.path.exists(
            "/sys/fs/cgroup/memory/memory.usage_in_bytes"
        )


def resources():
    with open("/proc/meminfo", encoding="utf-8") as file:
        kib = next(int(line.split()[1]) for line in file if line.startswith("MemTotal:"))
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": (os.cpu_count() or 1) * 1024},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": kib // 1024},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": RESERVED_TCP},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]


def attributes(settings):
    machine = "arm64" if os.uname().machine == "aarch64" else os.uname().machine
    own = {
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.cpu-architecture": machine,
        "ecs.capability.external": "",
        "ecs.capability.execution-role-awslogs": "",
        "ecs.capability.secrets.ssm.environment-variables": "",
        "ecs.capability.container-health-check": "",
        "com.amazonaws.ecs.capability.task-iam-role": "",
        "com.amazonaws.ecs.capability.task-iam-role-network-host": "",
        "com.amazonaws.ecs.capability.docker-remote-api.1.19": "",
        "com.amazonaws.ecs.capability.docker-remote-api.1.21": "",
    }
    own.update({f"com.amazonaws.ecs.capability.logging-driver.{driver}": "" for driver in settings.drivers})
    all_of_them = {**own, **settings.attributes}
    return [{"name": name, **({"value": value} if value else {})} for name, value in all_of_them.items()]
