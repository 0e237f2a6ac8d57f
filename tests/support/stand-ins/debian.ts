import { mkdirSync } from "node:fs";
import { type Part, state } from "./host.ts";

/** The JSON of `docker info`: a few of its eighty fields. */
export const dockerInfo = (version: string, limitsMemory = true): string =>
  `${JSON.stringify({ ID: "ZG6B", MemoryLimit: limitsMemory, CgroupVersion: "2", ServerVersion: version, Warnings: null })}\n`;

const dockerUnits = [
  "brings /lib/systemd/system/docker.service ExecStart=dockerd",
  "brings /lib/systemd/system/docker.socket",
];
const dockerCommand = "brings /usr/bin/docker";

/** What each release's archive has for the packages that the steps install; see commands/apt-get.sh. */
const releases = {
  "12": {
    docker: "20.10.24",
    archive: {
      "docker.io": ["needs runc", ...dockerUnits, dockerCommand, "leaves /run/stand-ins/groups/docker"],
    },
  },
  "13": {
    docker: "26.1.5",
    archive: {
      "docker.io": ["needs runc", ...dockerUnits, "leaves /run/stand-ins/groups/docker"],
      "docker-cli": [dockerCommand],
    },
  },
} as const;

/** A bare Debian with systemd on arm64, whose one network is eth0. */
export function debian(release: keyof typeof releases): Part {
  return (host) => {
    host.write("/etc/os-release", `ID=debian\nVERSION_ID=${release}\n`);
    for (const folder of [
      "/run/systemd/system",
      "/lib/systemd/system",
      "/etc/systemd/system/multi-user.target.wants",
      "/usr/bin",
    ])
      mkdirSync(host.path(folder), { recursive: true });
    host.write("/proc/sys/net/ipv4/ip_forward", "0\n");
    host.write(`${state}/links/eth0`, "2\n");
    host.write(`${state}/routes`, "");
    host.write(`${state}/iptables/nat`, "*nat\n-A FORWARD -s 10.0.0.0/16 -j ACCEPT\n");
    host.write(
      `${state}/iptables/filter`,
      "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s 10.0.0.0/16 -j ACCEPT\n",
    );
    const { docker, archive } = releases[release];
    host.write(`${state}/docker-info.json`, dockerInfo(docker));
    host.write(`${state}/archive/runc`, "");
    for (const [name, lines] of Object.entries(archive))
      host.write(`${state}/archive/${name}`, `${lines.join("\n")}\n`);
  };
}

/** The host forwards packets, and drops those that no rule accepts. */
export const forwarding: Part = (host) => {
  host.write("/proc/sys/net/ipv4/ip_forward", "1\n");
  const filter = `${state}/iptables/filter`;
  host.write(filter, host.read(filter).replace(":FORWARD ACCEPT", ":FORWARD DROP"));
};

/** A group of the host. */
export const group =
  (name: string): Part =>
  (host) =>
    host.write(`${state}/groups/${name}`, "");
