"""Lab stand-in, not AWS's code: routes 169.254.170.2:80 to the agent's credentials server, as ecs-init's rules do."""

import subprocess

ADDRESS = "169.254.170.2"
_TO = ["-p", "tcp", "-d", ADDRESS, "--dport", "80"]
_OUTSIDERS = ["--dst", "127.0.0.0/8", "!", "--src", "127.0.0.0/8"]
_UNASKED = ["-m", "conntrack", "!", "--ctstate", "RELATED,ESTABLISHED,DNAT", "-j", "DROP"]
RULES = [
    ["nat", "PREROUTING", *_TO, "-j", "DNAT", "--to-destination", "127.0.0.1:51679"],
    ["nat", "OUTPUT", *_TO, "-j", "REDIRECT", "--to-ports", "51679"],
    # route_localnet opens 127.0.0.0/8 to the neighbours; this closes it again.
    ["filter", "INPUT", *_OUTSIDERS, *_UNASKED],
]


def _iptables(table, operation, chain, *rule):
    return subprocess.run(["iptables", "-w", "-t", table, operation, chain, *rule], capture_output=True, check=False)


def make():
    with open("/proc/sys/net/ipv4/conf/all/route_localnet", "w", encoding="ascii") as file:
        file.write("1")
    for table, chain, *rule in RULES:
        if _iptables(table, "-C", chain, *rule).returncode != 0:
            _iptables(table, "-A", chain, *rule)


def remove():
    for table, chain, *rule in RULES:
        _iptables(table, "-D", chain, *rule)
