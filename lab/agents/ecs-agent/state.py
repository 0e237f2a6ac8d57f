"""Lab stand-in, not AWS's code: the ECS agent's state across restarts. AWS's agent.db is bbolt; this one is JSON."""

import json
import os
import threading

AGENT_DB = "/var/lib/ecs/data/agent.db"


class State:
    """cluster, container_instance (ARN or None) and tasks (by ARN). `lock` guards the tasks."""

    def __init__(self, path=AGENT_DB):
        self.path = path
        self.lock = threading.RLock()
        self.cluster = None
        self.container_instance = None
        self.tasks = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                saved = json.load(file)
            self.cluster = saved["cluster"]
            self.container_instance = saved["containerInstance"]
            self.tasks = saved["tasks"]

    def save(self):
        with self.lock:
            whole = {"cluster": self.cluster, "containerInstance": self.container_instance, "tasks": self.tasks}
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            # Resolved secrets are in the tasks.
            with open(self.path + ".new", "w", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as file:
                json.dump(whole, file)
                file.flush()
                os.fsync(file.fileno())
            os.rename(self.path + ".new", self.path)
