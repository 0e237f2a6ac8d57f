/**
 * A node, its container, the site's router and the VPC's inbound resolver in network namespaces of their own, with real
 * servers out of a root file system with all of them (SERVERS_ROOT; lab/servers.ts builds one). On the node a step is
 * converged as on a real one; only systemd, which starts and stops what runs there, is simulated.
 */
import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { rootProgram } from "../../../../pi/converge.ts";
import { settingValue } from "../../../../pi/primitives.ts";
import type { Step, StepResult } from "../../../../pi/step.ts";
import { nftPath } from "../../../../pi/steps/vpn-gateway/firewall.ts";
import { sysctls } from "../../../../pi/steps/vpn-gateway/sysctl.ts";
import { vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { SystemInMemory } from "../../../support/system-in-memory.ts";
import { gatewayArgs } from "../vpn-gateway/args.ts";
import { serverTests } from "./server-test.ts";
import { prepared, standIns } from "./stand-ins.ts";

const root = resolve(process.env.SERVERS_ROOT ?? "/");
const needed = [
  ...Object.values(serverTests).map(({ world }) => world.program),
  "/usr/sbin/nft",
  "/usr/bin/dig",
].map((path) => join(root, path));
/** What the world needs and this machine lacks. */
export const missing: readonly string[] = [
  ...(process.getuid?.() === 0 ? [] : ["root's rights"]),
  ...(root === "/" ? ["root file system named by SERVERS_ROOT"] : []),
  ...needed.filter((path) => !existsSync(path)),
];

export const resolvers = ["10.0.1.10", "10.0.2.10"] as const;
export const nodeAddress = "192.168.1.101";
export const router = "192.168.1.1";

export interface Answer {
  /** NOERROR, SERVFAIL …; "none" when no server answered. */
  readonly status: string;
  readonly addresses: readonly string[];
  readonly seconds: number;
}

export class World {
  readonly #names: Readonly<Record<"node" | "container" | "site" | "vpc", string>>;
  readonly #system = new SystemInMemory(root);
  readonly #pids: Record<string, number> = {};

  private constructor(name: string) {
    const named = (role: string) => `dns-${name}-${role}-${process.pid}`;
    this.#names = {
      node: named("node"),
      container: named("ctr"),
      site: named("site"),
      vpc: named("vpc"),
    };
  }

  static async make(t: ExecutionContext, name: string): Promise<World> {
    const world = new World(name);
    t.teardown(() => world.#remove());
    await world.#build();
    return world;
  }

  async #build(): Promise<void> {
    const { node, container, site, vpc } = this.#names;
    const ip = (command: string) => execFileSync("ip", command.split(" "));
    for (const name of Object.values(this.#names)) {
      ip(`netns add ${name}`);
      ip(`-n ${name} link set lo up`);
    }
    ip(`-n ${site} link add home type bridge`);
    ip(`-n ${site} link set home up`);
    ip(`-n ${site} addr add ${router}/24 dev home`);
    const join = (name: string, device: string, bridge: string, at: string) => {
      ip(`link add name ${device} netns ${name} type veth peer name to-${device} netns ${at}`);
      ip(`-n ${at} link set to-${device} master ${bridge} up`);
      ip(`-n ${name} link set ${device} up`);
    };
    join(node, "eth0", "home", site);
    join(vpc, "vpc0", "home", site);
    ip(`-n ${node} addr add ${nodeAddress}/24 dev eth0`);
    ip(`-n ${node} route add default via ${router}`);
    ip(`-n ${vpc} addr add 192.168.1.196/24 dev vpc0`);
    for (const address of resolvers) ip(`-n ${vpc} addr add ${address}/32 dev lo`);
    ip(`-n ${node} route add 10.0.0.0/16 via 192.168.1.196`);
    ip(`-n ${node} link add docker0 type bridge`);
    ip(`-n ${node} link set docker0 up`);
    ip(`-n ${node} addr add 172.17.0.1/16 dev docker0`);
    join(container, "c0", "docker0", node);
    ip(`-n ${container} addr add 172.17.0.2/16 dev c0`);
    ip(`-n ${container} route add default via 172.17.0.1`);

    await this.#system.ready;
    for (const [name, script] of Object.entries(standIns))
      this.write(`/run/stand-ins/${name}`, script, 0o755);
    this.sh(prepared);
    for (const [name, address] of Object.entries({ resolver1: resolvers[0], resolver2: resolvers[1] }))
      this.#serve(vpc, name, address, [
        "--address=/ecs.us-east-1.amazonaws.com/10.0.0.45",
        "--address=/us-east-1.amazonaws.com/10.0.0.99",
        "--address=/us-east-1.api.aws/10.0.0.98",
      ]);
    this.#serve(site, "other", router, [
      "--address=/amazonaws.com/54.239.28.85",
      "--address=/api.aws/54.239.28.86",
      "--address=/example.org/93.184.216.34",
      "--address=/nas.home.arpa/192.168.1.20",
    ]);
    for (const name of Object.keys(this.#pids)) await this.#answers(name);
  }

  /** dnsmasq writes its process's number when it listens. */
  async #answers(name: string): Promise<void> {
    for (let i = 0; !this.exists(`/run/units/${name}.pid`); i++) {
      if (i === 400) throw new Error(`${name} does not run after 20 s`);
      await sleep(50);
    }
  }

  #serve(netns: string, name: string, address: string, records: readonly string[]): void {
    const options = [
      "-k",
      "-C",
      "/dev/null",
      "--no-resolv",
      "--no-hosts",
      "--bind-interfaces",
      "--user=root",
    ];
    const log = [
      "--log-queries",
      `--log-facility=/run/units/${name}.log`,
      `--pid-file=/run/units/${name}.pid`,
    ];
    const more = [`--listen-address=${address}`, "--local-ttl=60", ...records];
    const all = this.#system.inside("dnsmasq", ...options, ...log, ...more);
    const child = spawn("ip", ["netns", "exec", netns, ...all], { stdio: "ignore" });
    this.#pids[name] = child.pid ?? 0;
  }

  #remove(): void {
    for (const name of Object.values(this.#names)) {
      for (const pid of execFileSync("ip", ["netns", "pids", name], { encoding: "utf8" }).split("\n"))
        if (pid) kill(Number(pid), "SIGKILL");
      execFileSync("ip", ["netns", "del", name]);
    }
    this.#system.remove();
  }

  #inside(where: "node" | "container" | "site", command: readonly string[]): readonly string[] {
    const env = ["env", "-i", "PATH=/run/stand-ins:/usr/sbin:/usr/bin:/sbin:/bin"];
    return ["netns", "exec", this.#names[where], ...this.#system.inside(...env, ...command)];
  }

  /** Runs a script on the node. */
  sh(script: string): string {
    return execFileSync("ip", this.#inside("node", ["sh", "-c", script]), { encoding: "utf8" });
  }

  write(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.#system.at(path)), { recursive: true });
    writeFileSync(this.#system.at(path), content, { mode });
  }

  read(path: string): string {
    return readFileSync(this.#system.at(path), "utf8");
  }

  exists(path: string): boolean {
    return existsSync(this.#system.at(path));
  }

  /** Converges the step on the node, or undoes it. Throws what it printed unless it succeeds. */
  run(step: Step, action: "converge" | "check" | "undo" = "converge"): Promise<StepResult> {
    return new Promise((done, failed) => {
      const child = execFile(
        "ip",
        this.#inside("node", ["sh", "-s", "--", action]),
        { encoding: "utf8" },
        (error, stdout, stderr) =>
          error ? failed(new Error(stderr)) : done(JSON.parse(stdout) as StepResult),
      );
      child.stdin?.end(rootProgram(step, { root: "" }));
    });
  }

  /** Asks a name server as a patient client. */
  async ask(
    from: "node" | "container" | "site",
    name: string,
    { server = nodeAddress, tcp = false, patience = 8 } = {},
  ): Promise<Answer> {
    const options = [
      `+${tcp ? "" : "no"}tcp`,
      "+tries=1",
      `+time=${patience}`,
      "+noall",
      "+comments",
      "+answer",
      "+stats",
    ];
    const said = await new Promise<string>((done) => {
      execFile("ip", this.#inside(from, ["dig", `@${server}`, name, ...options]), (_, stdout) =>
        done(stdout),
      );
    });
    const [, status = "none"] = /status: ([A-Z]+)/.exec(said) ?? [];
    const [, msec = "Infinity"] = /Query time: (\d+) msec/.exec(said) ?? [];
    const addresses = [...said.matchAll(/\sIN\s+A\s+([\d.]+)/g)].map(([, address = ""]) => address);
    return { status, addresses, seconds: Number(msec) / 1000 };
  }

  /** Looks a name up on the node as its programs do, by the C library and /etc/resolv.conf. */
  async lookUp(name: string): Promise<Answer> {
    const began = performance.now();
    const said = await new Promise<string>((done) => {
      execFile("ip", this.#inside("node", ["getent", "ahostsv4", name]), (_, stdout) => done(stdout));
    });
    const addresses = [...new Set(said.split("\n").flatMap((line) => line.split(" ")[0] || []))];
    const seconds = (performance.now() - began) / 1000;
    return { status: addresses.length > 0 ? "NOERROR" : "none", addresses, seconds };
  }

  /** Names that a server was asked for since it started. */
  asked(server: "resolver1" | "resolver2" | "other"): readonly string[] {
    const log = this.read(`/run/units/${server}.log`);
    return [...log.matchAll(/query\[[A-Z]+\] (\S+)/g)].map(([, name = ""]) => name);
  }

  /** Silences a resolver, as a lost tunnel does: no answer, and no error either. */
  silence(...servers: readonly ("resolver1" | "resolver2")[]): void {
    for (const server of servers) kill(this.#pidOf(server), "SIGSTOP");
  }

  /** Lets the resolver answer again. */
  restore(...servers: readonly ("resolver1" | "resolver2")[]): void {
    for (const server of servers) kill(this.#pidOf(server), "SIGCONT");
  }

  /** Removes the gateway's tunnels: its own rules and settings decide what happens to packets for the VPC. */
  loseTunnels(): void {
    const { vpc } = this.#names;
    const gateway = gatewayArgs("ipsec.conf", "userspace");
    const rules = vpnGateway(gateway).files?.find(({ path }) => path === nftPath)?.content ?? "";
    const settings = Object.entries(sysctls(gateway)).map(
      ([key, setting]) =>
        `for file in /proc/sys/${key.replaceAll(".", "/")}; do echo ${settingValue(setting)} >$file; done`,
    );
    for (const address of resolvers)
      execFileSync("ip", ["-n", vpc, "addr", "del", `${address}/32`, "dev", "lo"]);
    execFileSync("ip", ["-n", vpc, "route", "replace", "default", "via", router]);
    execFileSync("ip", ["netns", "exec", vpc, "sh", "-c", settings.join("\n")]);
    execFileSync("ip", ["netns", "exec", vpc, "/usr/sbin/nft", "-f", "-"], { input: rules });
  }

  findTunnels(): void {
    const { vpc } = this.#names;
    execFileSync("ip", ["netns", "exec", vpc, "/usr/sbin/nft", "flush", "ruleset"]);
    for (const address of resolvers)
      execFileSync("ip", ["-n", vpc, "addr", "add", `${address}/32`, "dev", "lo"]);
  }

  #pidOf(server: string): number {
    const pid = this.#pids[server];
    if (!pid) throw new Error(`${server} does not run`);
    return pid;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}
