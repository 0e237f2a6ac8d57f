"""Lab stand-in, not AWS's code: an SSM agent's report of its host (AmazonSSM.UpdateInstanceInformation)."""

import socket


def _os_release():
    with open("/etc/os-release", encoding="utf-8") as file:
        pairs = (line.strip().split("=", 1) for line in file if "=" in line)
        return {key: value.strip('"') for key, value in pairs}


def _local_address(region):
    """Returns the source address of packets to AWS. Connecting a UDP socket sends none."""
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
