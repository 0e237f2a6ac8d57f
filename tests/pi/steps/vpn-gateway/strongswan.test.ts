/**
 * What the step renders, read and run by real strongSwan: a gateway and AWS's two endpoints in network namespaces of
 * their own, on the userspace data path, which needs nothing of the kernel. It runs as root, with strongSwan's packages
 * on this machine or in a root file system named by SERVERS_ROOT; elsewhere it is left out, in CI it must run.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import anyTest, { type ExecutionContext } from "ava";
import { vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
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
if (missing.length > 0 && process.env.CI) {
  throw new Error(
    `CI: ${missing.join(", ")}: must be there; name a root file system with strongSwan as SERVERS_ROOT`,
  );
}
const test = missing.length > 0 ? anyTest.serial.skip : anyTest.serial;

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
    const all = [
      "netns",
      "exec",
      this.netns,
      "unshare",
      "-m",
      "--propagation",
      "private",
      "sh",
      "-c",
      lay,
      "sh",
      root,
      this.#own,
      ...command,
    ];
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

  run(...command: string[]): string {
    return execFileSync("nsenter", ["-t", `${this.#daemon?.pid}`, "-m", "-n", "chroot", root, ...command], {
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
        local_ts = 10.0.0.0/16
        remote_ts = 192.168.1.0/24
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

const charon = `charon {
  plugins {
    kernel-libipsec {
      load = yes
    }
  }
}
`;

for (const format of ["ipsec.conf", "swanctl.conf"] as const) {
  test(`${format}: strongSwan reads it, brings both tunnels up, carries traffic, and is started again after a refusal`, async (t) => {
    t.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "vpn-gateway-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const gateway = new End(t, `vpn-test-gw-${process.pid}`, folder);
    const aws = new End(t, `vpn-test-aws-${process.pid}`, folder);
    ip(`link add name eth0 netns ${gateway.netns} type veth peer name eth0 netns ${aws.netns}`);
    for (const [end, outside, inside] of [
      [gateway, ["198.51.100.7/24"], "192.168.1.196/24"],
      [aws, ["198.51.100.1/24", "203.0.113.17/32", "203.0.113.33/32"], "10.0.0.10/16"],
    ] as const) {
      // kernel-libipsec wants an address of the traffic selector on an interface other than lo.
      ip(`-n ${end.netns} link add name inside type veth peer name peer`);
      for (const name of ["lo", "eth0", "inside", "peer"]) ip(`-n ${end.netns} link set ${name} up`);
      for (const address of outside) ip(`-n ${end.netns} addr add ${address} dev eth0`);
      ip(`-n ${end.netns} addr add ${inside} dev inside`);
    }
    ip(`-n ${gateway.netns} route add default via 198.51.100.1`);

    // The endpoints are up, but know nothing of the site yet: they refuse.
    aws.write("/etc/strongswan.d/zz-test.conf", charon);
    aws.start("/usr/sbin/charon-systemd");
    t.true(
      await aws.eventually(
        10,
        () => aws.run("swanctl", "--version") !== "" && aws.run("swanctl", "--stats") !== "",
      ),
    );

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
      await gateway.eventually(10, () => status() === "tunnel1 none 0\ntunnel2 none 0\n"),
      "charon gave up",
    );

    aws.write("/etc/swanctl/conf.d/1.conf", endpoint("203.0.113.17", "1"), 0o600);
    aws.write("/etc/swanctl/conf.d/2.conf", endpoint("203.0.113.33", "2"), 0o600);
    aws.run("swanctl", "--load-all");
    await sleep(1000);
    t.is(status(), "tunnel1 none 0\ntunnel2 none 0\n", "charon does not try again by itself");
    gateway.run("/usr/local/lib/ecs-anywhere-hybrid/vpn-watchdog", "once");
    t.true(await gateway.eventually(10, () => status().match(/installed/g)?.length === 2), status());

    const server = spawn(
      "ip",
      [
        "netns",
        "exec",
        aws.netns,
        process.execPath,
        "-e",
        'require("net").createServer((s) => s.end("from the VPC")).listen(8080, "10.0.0.10")',
      ],
      { stdio: "ignore" },
    );
    t.teardown(() => void server.kill("SIGKILL"));
    const client =
      'require("net").connect({ host: "10.0.0.10", port: 8080, localAddress: "192.168.1.196" }).on("data", (d) => console.log(String(d))).on("error", () => process.exit(1))';
    let answer = "";
    t.true(
      await gateway.eventually(10, () => {
        answer = execFileSync("ip", ["netns", "exec", gateway.netns, process.execPath, "-e", client], {
          encoding: "utf8",
          timeout: 3000,
          stdio: ["ignore", "pipe", "ignore"],
        });
        return true;
      }),
    );
    t.is(answer, "from the VPC\n");
    t.regex(status(), /installed [1-9]/, "the answer came through a tunnel");
  });
}
