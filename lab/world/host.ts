/** The hosts: starts, stops and reboots them, runs commands inside, and counts connections. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diskIsCurrent, ensureDisk } from "./disk.ts";
import { sshdLog } from "./host-files.ts";
import { person, privateKeyFile, publicKey } from "./keys.ts";
import { paths } from "./paths.ts";
import { alive, start, stop } from "./process.ts";
import { run, succeeds, until } from "./run.ts";
import { type HostSpec, internet, site } from "./topology.ts";

const supervisorOf = (name: string) => `host-${name}`;
const stoppingFile = (name: string) => join(paths.host(name), "stopping");
const bootFile = (name: string) => join(paths.host(name), "boot.pid");

/** Starts a host on its disk. Returns true when the disk is new. Does nothing to a host that runs on a current disk. */
export async function startHost(host: HostSpec): Promise<boolean> {
  if (hostRuns(host.name)) {
    // A run that was killed while it stopped the host may have left it shutting down.
    const goesDown = existsSync(stoppingFile(host.name));
    if (!goesDown && (await diskIsCurrent(host))) return false;
    await stopHost(host.name, goesDown ? "off" : "cut");
  }
  await clearCgroups(host.name);
  const fresh = await ensureDisk(host);
  rmSync(stoppingFile(host.name), { force: true });
  const script = join(import.meta.dirname, "supervise.sh");
  const folder = paths.host(host.name);
  start(supervisorOf(host.name), [
    "sh",
    script,
    host.name,
    folder,
    host.netns,
    host.mac,
    paths.rootfs,
    internet,
  ]);
  return fresh;
}

export const hostRuns = (name: string) => alive(supervisorOf(name)) !== undefined;

/** Shuts a host down cleanly, or with `power: "cut"` at once, without writing anything. Its disk stays. */
export async function stopHost(name: string, power: "off" | "cut" = "off"): Promise<void> {
  if (!existsSync(paths.host(name))) return;
  writeFileSync(stoppingFile(name), "");
  const supervisor = supervisorOf(name);
  if (power === "off" && hostRuns(name)) {
    // nspawn shuts the host down on SIGTERM; the supervisor ends when nspawn has ended.
    const nspawn = Number(readFileSync(bootFile(name), "utf8"));
    process.kill(nspawn, "SIGTERM");
    const gone = async () => (hostRuns(name) ? undefined : true);
    await until(gone, () => new Error("slow"), { seconds: 15, everyMs: 20 }).catch(() => undefined);
  }
  await stop(supervisor, 0, "SIGKILL");
  await clearCgroups(name);
}

/** Returns every cgroup of the host, in each hierarchy, deepest first. */
function cgroupsOf(name: string): readonly string[] {
  const below = (dir: string): string[] => [
    ...readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => below(join(dir, entry.name))),
    dir,
  ];
  const root = "/sys/fs/cgroup";
  const tops = [root, ...readdirSync(root).map((hierarchy) => join(root, hierarchy))];
  return tops
    .map((top) => join(top, `hl-${name}`))
    .filter(existsSync)
    .flatMap(below);
}

/** Kills all processes left in the host's cgroups, and removes the cgroups. */
async function clearCgroups(name: string): Promise<void> {
  const emptied = async () => {
    const groups = cgroupsOf(name);
    const pids = new Set(
      groups.flatMap((group) => readFileSync(join(group, "cgroup.procs"), "utf8").split("\n")),
    );
    for (const pid of [...pids].map(Number).filter((p) => p > 0))
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended meanwhile.
      }
    try {
      for (const group of groups) rmdirSync(group);
      return true;
    } catch {
      return undefined;
    }
  };
  await until(emptied, () => new Error(`${name}: processes of the host do not end`), {
    seconds: 20,
    everyMs: 50,
  });
}

/** Removes the locks of hosts whose power was cut; nspawn removes its own only when it ends cleanly. */
export async function clearNspawnLocks(): Promise<void> {
  const folder = "/run/systemd/nspawn/locks";
  const locks = existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [];
  for (const lock of locks) await succeeds(["flock", "--nonblock", lock, "rm", lock]);
}

/** Returns the children of a process, those of all its threads. */
function childrenOf(pid: number): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"));
    return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
  } catch {
    return [];
  }
}

/** Returns the host's PID 1, as this machine numbers it; undefined while the host is off or between boots. */
function initOf(name: string): number | undefined {
  if (!hostRuns(name) || !existsSync(bootFile(name))) return undefined;
  const isInit = (pid: number) => {
    try {
      return /^NSpid:\t\d+\t1$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  };
  const search = (pid: number): number | undefined => {
    for (const child of childrenOf(pid)) {
      const found = isInit(child) ? child : search(child);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(Number(readFileSync(bootFile(name), "utf8")));
}

/** Runs a command as root inside a host, without SSH, and returns its stdout. */
export async function inHost(name: string, argv: readonly string[], input?: string): Promise<string> {
  const init = initOf(name);
  if (init === undefined) throw new Error(`${name}: the host is off; start it with \`npm run lab\``);
  const enter = [
    "nsenter",
    `--target=${init}`,
    "--mount",
    "--uts",
    "--ipc",
    "--net",
    "--pid",
    "--root",
    "--wd",
  ];
  return run([...enter, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", ...argv], {
    ...(input === undefined ? {} : { input }),
  });
}

/** Returns the options with which `ssh`, in the laptop's namespace, reaches a host with the person's key. */
export function sshCommand(host: HostSpec, command: readonly string[] = []): readonly string[] {
  const known = join(paths.run, `known-${host.name}`);
  writeFileSync(known, `${host.address} ${publicKey(host.name)}\n`);
  const options = [
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${known}`,
    "GlobalKnownHostsFile=/dev/null",
  ];
  const quick = ["IdentitiesOnly=yes", "ConnectTimeout=2", "ServerAliveInterval=1", "ServerAliveCountMax=2"];
  const flags = [...options, ...quick].flatMap((option) => ["-o", option]);
  return ["ssh", ...flags, "-i", privateKeyFile(person), `pi@${host.address}`, ...command];
}

/** Waits until sshd runs and the home network works. Opens no SSH connection, since the checks would count it. */
export async function waitForHost(host: HostSpec, seconds = 180): Promise<void> {
  const test = `systemctl is-active --quiet ssh.service && ping -c 1 -W 1 -q ${site.router}`;
  const ready = () =>
    inHost(host.name, ["sh", "-c", test]).then(
      () => true,
      () => undefined,
    );
  const log = join(paths.log, `${supervisorOf(host.name)}.log`);
  await until(ready, () => new Error(`${host.name}: not up within ${seconds} s; look into ${log}`), {
    seconds,
  });
}

/** Reboots a host from inside and waits until it is back. */
export async function rebootHost(host: HostSpec): Promise<void> {
  const before = initOf(host.name);
  await inHost(host.name, ["systemctl", "reboot"]);
  const other = async () => {
    const now = initOf(host.name);
    return now !== undefined && now !== before ? true : undefined;
  };
  await until(other, () => new Error(`${host.name}: does not reboot`), { seconds: 60 });
  await waitForHost(host);
}

/**
 * Returns the number of connections that the host's sshd accepted since its disk was made. Compare two for what came
 * between.
 */
export function sshdConnections(name: string): number {
  const log = join(paths.host(name), "up", sshdLog);
  if (!existsSync(log)) return 0;
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("Connection from ")).length;
}
