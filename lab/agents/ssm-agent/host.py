"""Lab stand-in, not AWS's code: what an SSM agent says about its host (AmazonSSM.UpdateInstanceInformation)."""

import socket


def _os_release():
    with open("/etc/os-release", encoding="utf-8") as file:
        pairs = (line.strip().split("=", 1) for line in file if "=" in line)
        return {key: value.strip('"') for key, value in pairs}


def _local_address(region):
    """The address that packets to AWS leave from; connecting a UDP socket sends none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((f"ssm.{region}.amazonaws.com", 443))
            return probe.getsockname()[0]
        except OSError:
            return ""


def description(region):
    release = _os_release()
    return {
        "PlatformName": release.get("NAME", "Linux"),
        "PlatformVersion": release.get("VERSION_ID", ""),
        "ComputerName": socket.gethostname(),
        "IPAddress": _local_address(region),
    }
