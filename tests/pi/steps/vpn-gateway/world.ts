/**
 * A gateway and AWS's two endpoints in network namespaces of their own, with real strongSwan on the userspace data path,
 * which needs nothing of the kernel: this machine's, or that of a root file system named by SERVERS_ROOT. Needs root.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { withOwnMounts } from "../../../../lab/world/run.ts";
import { inUserspace } from "../../../../lab/world/vpn-endpoint.ts";

const root = resolve(process.env.SERVERS_ROOT ?? "/");
const needed = [
  "usr/sbin/swanctl",
  "usr/sbin/charon-systemd",
  "usr/lib/ipsec/starter",
  "usr/lib/ipsec/charon",
].map((path) => join(root, path));
/** What the world needs and this machine lacks. */
export const missing = [
  ...(process.getuid?.() === 0 ? [] : ["root's rights"]),
  ...(existsSync("/dev/net/tun") ? [] : ["/dev/net/tun"]),
  ...needed.filter((path) => !existsSync(path)),
];

/** Everything that one side's strongSwan reads and writes is laid over the root, in a mount namespace of its own. */
const lay = `set -eu
root=$1 own=$2
shift 2
if [ "$root" != / ]; then mount --rbind /dev "$root/dev"; mount -t proc proc "$root/proc"; fi
mount -t tmpfs tmpfs "$root/run"
mount --bind "$own/etc" "$root/etc"
mount --bind "$own/programs" "$root/usr/local/lib"
exec chroot "$root" "$@"`;

/** One end: a network namespace, its own /etc, and a daemon. */
export class End {
  readonly netns: string;
  readonly #own: string;
  #daemon: ChildProcess | undefined;

  constructor(t: ExecutionContext, netns: string, folder: string) {
    this.netns = netns;
    this.#own = join(folder, netns);
    mkdirSync(join(this.#own, "programs"), { recursive: true });
    cpSync(join(root, "etc"), join(this.#own, "etc"), { recursive: true, verbatimSymlinks: true });
    execFileSync("ip", ["netns", "add", netns]);
    t.teardown(() => execFileSync("ip", ["netns", "del", netns]));
    t.teardown(() => this.kill());
  }

  write(path: string, content: string, mode = 0o644): void {
    const inside = path.startsWith("/usr/local/lib") ? path.replace("/usr/local/lib", "/programs") : path;
    mkdirSync(dirname(this.#own + inside), { recursive: true });
    writeFileSync(this.#own + inside, content, { mode });
  }

  start(...command: string[]): void {
    const all = ["netns", "exec", this.netns, ...withOwnMounts(lay, root, this.#own, ...command)];
    // Every link of the chain execs the next: the child is the daemon.
    this.#daemon = spawn("ip", all, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    this.#daemon.stderr?.on("data", (data: Buffer) => {
      this.said += data.toString();
    });
  }

  /** What the daemon wrote on stderr. */
  said = "";

  /** The starter's charon is in a process group of its own, so all of the namespace goes. */
  kill(): void {
    const pids = execFileSync("ip", ["netns", "pids", this.netns], { encoding: "utf8" }).split("\n");
    for (const pid of pids.filter(Boolean)) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It has ended already.
      }
    }
  }

  /** What nsenter needs to run a command where the daemon is. */
  get inside(): string[] {
    return ["-t", `${this.#daemon?.pid}`, "-m", "-n", "chroot", root];
  }

  run(...command: string[]): string {
    return execFileSync("nsenter", [...this.inside, ...command], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }

  /** Runs until it succeeds. */
  async eventually(seconds: number, probe: () => boolean): Promise<boolean> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
      try {
        if (probe()) return true;
      } catch {
        // Not yet.
      }
    }
    return false;
  }
}

export const ip = (command: string) => execFileSync("ip", command.split(" "));

/** What an endpoint is told of the site. */
export const endpoint = (address: string, key: string) => `connections {
  c${key} {
    version = 2
    local_addrs = ${address}
    remote_addrs = %any
    proposals = aes256gcm16-prfsha384-ecp384
    unique = never
    local {
      auth = psk
      id = ${address}
    }
    remote {
      auth = psk
      id = 198.51.100.7
    }
    children {
      c {
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
        esp_proposals = aes256gcm16-ecp384
      }
    }
  }
}
secrets {
  ike-${key} {
    id-1 = 198.51.100.7
    id-2 = ${address}
    secret = "the.key.of.tunnel${key}"
  }
}
`;

/** How its charon runs. */
export const charon = `charon {\n  plugins {\n${inUserspace}  }\n}\n`;

/** A switch with the gateway and both endpoints on it; each endpoint is all of the VPC, so that every answer takes its tunnel. */
export function connect(t: ExecutionContext, gateway: End, endpoints: readonly End[]): string {
  const net = `vpn-test-net-${process.pid}`;
  ip(`netns add ${net}`);
  t.teardown(() => ip(`netns del ${net}`));
  ip(`-n ${net} link add switch type bridge`);
  ip(`-n ${net} addr add 198.51.100.1/24 dev switch`);
  ip(`-n ${net} link set switch up`);
  for (const [i, end] of [gateway, ...endpoints].entries()) {
    ip(`-n ${net} link add port${i} type veth peer name eth0 netns ${end.netns}`);
    ip(`-n ${net} link set port${i} up master switch`);
    // kernel-libipsec wants an address of the traffic selector on an interface other than lo.
    ip(`-n ${end.netns} link add name inside type veth peer name peer`);
    for (const name of ["lo", "eth0", "inside", "peer"]) ip(`-n ${end.netns} link set ${name} up`);
    ip(`-n ${end.netns} addr add ${i === 0 ? "192.168.1.196/24" : "10.0.0.10/16"} dev inside`);
    ip(`-n ${end.netns} addr add 198.51.100.${i === 0 ? 7 : 100 + i}/24 dev eth0`);
    if (i === 0) continue;
    const { address, inside } = outside[i - 1] ?? outside[0];
    ip(`-n ${end.netns} addr add ${address}/32 dev eth0`);
    ip(`-n ${end.netns} addr add ${inside}/32 dev lo`);
    ip(`-n ${gateway.netns} route add ${address} via 198.51.100.${100 + i}`);
  }
  return net;
}

/** A network of the site's second range behind a router, in one namespace, which knows the gateway. Returns its name. */
export function behind(t: ExecutionContext, gateway: End): string {
  const router = `vpn-test-router-${process.pid}`;
  ip(`netns add ${router}`);
  t.teardown(() => ip(`netns del ${router}`));
  ip(`-n ${router} link add gateway type veth peer name router netns ${gateway.netns}`);
  for (const name of ["lo", "gateway"]) ip(`-n ${router} link set ${name} up`);
  ip(`-n ${gateway.netns} link set router up`);
  ip(`-n ${router} addr add 192.168.2.103/32 dev lo`);
  ip(`-n ${router} addr add 198.51.101.2/24 dev gateway`);
  ip(`-n ${gateway.netns} addr add 198.51.101.1/24 dev router`);
  ip(`-n ${router} route add 10.0.0.0/8 via 198.51.101.1`);
  ip(`-n ${gateway.netns} route add 192.168.2.0/24 via 198.51.101.2`);
  ip(`netns exec ${gateway.netns} sysctl -qw net.ipv4.ip_forward=1`);
  return router;
}

/** AWS's ends of the tunnels. */
export const outside = [
  { address: "203.0.113.17", inside: "169.254.10.1" },
  { address: "203.0.113.33", inside: "169.254.11.1" },
] as const;
