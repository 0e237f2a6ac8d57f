/**
 * What the step renders, read and run by real strongSwan: a gateway and AWS's two endpoints in network namespaces of
 * their own, on the userspace data path, which needs nothing of the kernel. One of the endpoints is killed, too. It runs as root, with strongSwan's packages
 * on this machine or in a root file system named by SERVERS_ROOT.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import anyTest, { type ExecutionContext } from "ava";
import { withOwnMounts } from "../../../../lab/world/run.ts";
import { inUserspace } from "../../../../lab/world/vpn-endpoint.ts";
import { vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { byLab, need } from "../../../support/needs.ts";
import { gatewayArgs } from "./args.ts";

const root = resolve(process.env.SERVERS_ROOT ?? "/");
const needed = [
  "usr/sbin/swanctl",
  "usr/sbin/charon-systemd",
  "usr/lib/ipsec/starter",
  "usr/lib/ipsec/charon",
].map((path) => join(root, path));
const missing = [
  ...(process.getuid?.() === 0 ? [] : ["root's rights"]),
  ...(existsSync("/dev/net/tun") ? [] : ["/dev/net/tun"]),
  ...needed.filter((path) => !existsSync(path)),
];
need(missing, byLab);
const test = anyTest.serial;

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
class End {
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
        // It ended by itself meanwhile.
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

const ip = (command: string) => execFileSync("ip", command.split(" "));

const endpoint = (address: string, key: string) => `connections {
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

const charon = `charon {\n  plugins {\n${inUserspace}  }\n}\n`;

/** A switch with the gateway and both endpoints on it; each endpoint is all of the VPC, so that every answer takes its tunnel. */
function connect(t: ExecutionContext, gateway: End, endpoints: readonly End[]): string {
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

const outside = [
  { address: "203.0.113.17", inside: "169.254.10.1" },
  { address: "203.0.113.33", inside: "169.254.11.1" },
] as const;

for (const format of ["ipsec.conf", "swanctl.conf"] as const) {
  test(`${format}: strongSwan reads it, brings both tunnels up, carries traffic, and is started again after a refusal; one endpoint killed, the other one takes over`, async (t) => {
    t.timeout(90_000);
    const folder = mkdtempSync(join(tmpdir(), "vpn-gateway-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const gateway = new End(t, `vpn-test-gw-${process.pid}`, folder);
    const aws = ["1", "2"].map((n) => new End(t, `vpn-test-aws${n}-${process.pid}`, folder));
    const net = connect(t, gateway, aws);

    // The endpoints are up, but know nothing of the site yet: they refuse.
    for (const end of aws) {
      end.write("/etc/strongswan.d/zz-test.conf", charon);
      end.start("/usr/sbin/charon-systemd");
      t.true(await end.eventually(10, () => end.run("swanctl", "--stats") !== ""));
    }

    for (const { path, content, mode } of vpnGateway(gatewayArgs(format, "userspace")).files ?? []) {
      gateway.write(path, content, Number.parseInt(mode, 8));
    }
    if (format === "ipsec.conf") gateway.start("/usr/lib/ipsec/starter", "--nofork");
    else gateway.start("/usr/sbin/charon-systemd");
    const list = () =>
      format === "ipsec.conf"
        ? gateway.run("ipsec", "statusall")
        : gateway.run("swanctl", "--load-all") && gateway.run("swanctl", "--list-conns");
    t.true(await gateway.eventually(10, () => ["tunnel1", "tunnel2"].every((name) => list().includes(name))));
    t.notRegex(gateway.said, /unknown|error|unrecognized/i);

    const status = () => gateway.run("/usr/local/lib/ecs-anywhere-hybrid/vpn-status");
    t.true(
      await gateway.eventually(10, () => status() === "tunnel1 none 0 0\ntunnel2 none 0 0\n"),
      "charon gave up",
    );

    for (const [i, end] of aws.entries()) {
      end.write("/etc/swanctl/conf.d/1.conf", endpoint(outside[i]?.address ?? "", `${i + 1}`), 0o600);
      end.run("swanctl", "--load-all");
    }
    const jobs = () =>
      format === "ipsec.conf" ? gateway.run("ipsec", "statusall") : gateway.run("swanctl", "--stats");
    t.true(
      await gateway.eventually(10, () => /scheduled: 0$/m.test(jobs())),
      "charon means to do nothing more",
    );
    t.is(status(), "tunnel1 none 0 0\ntunnel2 none 0 0\n", "charon does not try again by itself");
    gateway.run("/usr/local/lib/ecs-anywhere-hybrid/vpn-watchdog", "once");
    t.true(await gateway.eventually(10, () => status().match(/installed/g)?.length === 2), status());

    gateway.run("mkdir", "/run/ecs-anywhere-hybrid-metrics");
    const watchdog = spawn(
      "nsenter",
      [...gateway.inside, "/usr/local/lib/ecs-anywhere-hybrid/vpn-watchdog"],
      {
        stdio: "ignore",
      },
    );
    t.teardown(() => void watchdog.kill("SIGKILL"));
    const answered = () =>
      gateway.run("ping", "-n", "-q", "-c", "1", "-W", "1", "-I", "192.168.1.196", "10.0.0.10") !== "";
    t.true(await gateway.eventually(10, answered));
    const metrics = () => gateway.run("cat", "/run/ecs-anywhere-hybrid-metrics/vpn.prom");
    t.true(await gateway.eventually(10, () => metrics().match(/_probes_total\{.*\} [1-9]/g)?.length === 2));
    t.is(metrics().match(/_tunnel_up\{.*\} 1$/gm)?.length, 2, "each tunnel answers through itself");

    const sent = () => status().match(/\d+$/gm)?.map(Number) ?? [];
    const before = sent();
    for (let i = 0; i < 5; i++)
      gateway.run("ping", "-n", "-q", "-c", "1", "-s", "1000", "-I", "192.168.1.196", "10.0.0.10");
    const used = sent().findIndex((bytes, i) => bytes - (before[i] ?? 0) > 5000);
    t.true(used >= 0, `through one tunnel: ${before} then ${sent()}`);
    aws[used]?.kill();
    const since = Date.now();
    t.true(await gateway.eventually(6, answered), "before charon's own 7 s");
    t.log(`endpoint ${used + 1} killed: the VPC answers again after ${Date.now() - since} ms`);
    t.regex(metrics(), new RegExp(`_tunnel_up\\{tunnel="tunnel${used + 1}"\\} 0`));

    // Both gone: nothing for the VPC leaves in clear by the way that is left, not even while charon has not noticed.
    gateway.run("/usr/local/lib/ecs-anywhere-hybrid/vpn-firewall", "up");
    ip(`-n ${gateway.netns} route add default via 198.51.100.1`);
    const beyond = (input: string) =>
      execFileSync("ip", ["netns", "exec", net, "/usr/sbin/nft", "-f", "-"], { encoding: "utf8", input });
    beyond(
      "table ip seen { chain packets { type filter hook prerouting priority 0; ip daddr 10.0.0.0/16 counter; }; }",
    );
    // What is not for AWS goes its way.
    aws[1 - used]?.kill();
    t.true(
      await gateway.eventually(
        1,
        () => gateway.run("ping", "-n", "-q", "-c", "1", "-W", "1", "198.51.100.1") !== "",
      ),
    );
    t.true(await gateway.eventually(10, () => !/tunnel_up\{.*\} 1/.test(metrics())));
    t.notThrows(() => gateway.run("ping", "-n", "-q", "-c", "1", "-W", "1", "198.51.100.1"));
    const wayOut = () => gateway.run("ip", "-4", "route", "get", "10.0.0.10").includes("via 198.51.100.1");
    t.true(
      await gateway.eventually(10, wayOut),
      "charon took its route away: packets for the VPC meet the rules",
    );
    t.throws(() => gateway.run("ping", "-n", "-q", "-c", "1", "-W", "1", "10.0.0.10"));
    t.regex(beyond("list table ip seen"), /counter packets 0 bytes 0/);
  });
}
