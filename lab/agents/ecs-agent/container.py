"""Lab stand-in, not AWS's code: one container of a task definition, in the form of the Docker Engine API."""

SECOND = 1_000_000_000
LABEL = "com.amazonaws.ecs."


def task_id(arn):
    return arn.rsplit("/", 1)[-1]


def credentials_path(arn, kind):
    """Returns the path at which a task's credentials are served: `kind` is execution or task."""
    return f"/v2/credentials/{task_id(arn)}-{kind}"


def bindings(container):
    """Returns (port/protocol, host port) pairs."""
    return [
        (f"{port['containerPort']}/{port.get('protocol') or 'tcp'}", port.get("hostPort") or 0)
        for port in container.get("portMappings") or []
    ]


def _log(task, container):
    configuration = container.get("logConfiguration")
    if not configuration:
        return None
    options = dict(configuration.get("options") or {})
    if configuration["logDriver"] == "awslogs":
        # The prefix is the agent's concept; Docker needs the stream's whole name.
        prefix = options.pop("awslogs-stream-prefix", None)
        if prefix:
            options["awslogs-stream"] = f"{prefix}/{container['name']}/{task_id(task['taskArn'])}"
        options["awslogs-credentials-endpoint"] = credentials_path(task["taskArn"], "execution")
    return {"Type": configuration["logDriver"], "Config": options}


def _health(container):
    check = container.get("healthCheck")
    if not check:
        return None
    return {
        "Test": check["command"],
        "Interval": (check.get("interval") or 30) * SECOND,
        "Timeout": (check.get("timeout") or 5) * SECOND,
        "Retries": check.get("retries") or 3,
        "StartPeriod": (check.get("startPeriod") or 0) * SECOND,
    }


def _environment(task, container):
    pairs = [*(container.get("environment") or []), *(container.get("secrets") or [])]
    environment = [f"{pair['name']}={pair['value']}" for pair in pairs]
    if task.get("taskRoleCredentials"):
        environment.append(f"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI={credentials_path(task['taskArn'], 'task')}")
    return environment


def _binds(task, container):
    sources = {volume["name"]: (volume.get("host") or {}).get("sourcePath") for volume in task.get("volumes") or []}
    binds = []
    for point in container.get("mountPoints") or []:
        # A volume without a host path is Docker's own, named after the task.
        source = sources.get(point["sourceVolume"]) or f"ecs-{task_id(task['taskArn'])}-{point['sourceVolume']}"
        binds.append(f"{source}:{point['containerPath']}" + (":ro" if point.get("readOnly") else ""))
    return binds


def specification(task, container, cluster):
    """Returns the body of `POST /containers/create`."""
    ports = bindings(container) if task.get("networkMode", "bridge") == "bridge" else []
    mib = 1024 * 1024
    host = {
        "NetworkMode": task.get("networkMode") or "bridge",
        "PortBindings": {port: [{"HostPort": str(host_port or "")}] for port, host_port in ports},
        "Binds": _binds(task, container),
        "Memory": (container.get("memory") or 0) * mib,
        "MemoryReservation": (container.get("memoryReservation") or 0) * mib,
        # Linux requires at least 2 shares, so the agent raises lower values.
        "CpuShares": max(2, container.get("cpu") or 0),
        "Init": bool((container.get("linuxParameters") or {}).get("initProcessEnabled")),
    }
    if log := _log(task, container):
        host["LogConfig"] = log
    whole = {
        "Image": container["image"],
        "Cmd": container.get("command"),
        "Entrypoint": container.get("entryPoint"),
        "Env": _environment(task, container),
        "User": container.get("user") or "",
        "WorkingDir": container.get("workingDirectory") or "",
        "ExposedPorts": {port: {} for port, _ in ports},
        "Healthcheck": _health(container),
        "Labels": {
            f"{LABEL}task-arn": task["taskArn"],
            f"{LABEL}container-name": container["name"],
            f"{LABEL}task-definition-family": task["family"],
            f"{LABEL}task-definition-version": str(task["revision"]),
            f"{LABEL}cluster": cluster,
        },
        "HostConfig": host,
    }
    return {key: value for key, value in whole.items() if value is not None}
