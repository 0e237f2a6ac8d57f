/**
 * A node, its gateway and a VPC in network namespaces of their own, with real DNS and TLS servers, to break the way
 * between them in every place. dnsmasq is this machine's, or that of the root file system that SERVERS_ROOT names.
 */

import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withOwnMounts } from "../../../../lab/world/run.ts";
import { type PreflightArgs, preflight } from "../../../../pi/steps/preflight.ts";
import { makeCertificates } from "./certificates.ts";
import type { Behavior } from "./endpoint-server.ts";

const root = resolve(process.env.SERVERS_ROOT ?? "/");

/** What this machine lacks for such a world; empty when it lacks nothing. */
export const missing: readonly string[] = [
  ...(process.getuid?.() === 0 ? [] : ["root's rights"]),
  ...[join(root, "usr/sbin/dnsmasq"), "/usr/bin/curl", "/usr/bin/openssl", "/usr/sbin/nft"].filter(
    (path) => !existsSync(path),
  ),
];

const region = "us-east-1";
const name = (host: string) => `${host}.${region}.amazonaws.com`;

export const gateway = "192.168.9.196";
export const resolvers = ["10.9.0.10", "10.9.1.10"] as const;

/** Two endpoints with two addresses each, one of which has two names, and one that the VPC does not have. */
export const preflightArgs = (more: Partial<PreflightArgs> = {}): PreflightArgs => ({
  region,
  names: [
    { name: name("s3"), service: "s3", addresses: ["10.9.0.21", "10.9.1.21"] },
    {
      name: name("prod-us-east-1-starport-layer-bucket.s3"),
      service: "s3",
      addresses: ["10.9.0.21", "10.9.1.21"],
    },
    { name: name("ssm"), service: "ssm", addresses: ["10.9.0.22", "10.9.1.22"] },
    { name: name("ec2messages"), service: "ec2messages", addresses: undefined },
  ],
  resolvers,
  vpcCidrs: ["10.9.0.0/16"],
  gateway,
  dns: { at: "nodes", server: "dnsmasq" },
  again: 0,
  ...more,
});

const endpoints = ["10.9.0.21", "10.9.1.21", "10.9.0.22", "10.9.1.22"];

const run = (...command: string[]): string => {
  const [file = "", ...rest] = command;
  return execFileSync(file, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
};
const ip = (words: string) => run("ip", ...words.split(" "));
/** Many commands in one process. */
const ipBatch = (options: readonly string[], lines: readonly string[]) =>
  execFileSync("ip", [...options, "-batch", "-"], { input: `${lines.join("\n")}\n` });

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Folder with the servers' certificates; makes them once. */
export function certificates(): string {
  const folder = mkdtempSync(join(tmpdir(), "preflight-certificates-"));
  makeCertificates(
    folder,
    preflightArgs().names.map(({ name }) => name),
  );
  return folder;
}

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "preflight-"));
  readonly #id: string;
  readonly #servers = new Map<string, ChildProcess>();

  /**
   * @param id tells apart worlds that exist at the same time
   * @param certificates a folder of `certificates`
   */
  constructor(id: string, certificates: string) {
    this.#id = id;
    cpSync(certificates, this.folder, { recursive: true });
    const [node, gw, vpc] = [this.netns("node"), this.netns("gw"), this.netns("vpc")];
    ipBatch(
      [],
      [node, gw, vpc].map((netns) => `netns add ${netns}`),
    );
    // One segment per packet, so that the gateway's rules about sizes see the packets that the senders made.
    ipBatch(
      ["-n", gw],
      [
        "link set lo up",
        `link add lan type veth peer name eth0 gso_max_segs 1 netns ${node}`,
        `link add aws type veth peer name eth0 gso_max_segs 1 netns ${vpc}`,
        `addr add ${gateway}/24 dev lan`,
        "addr add 10.9.255.1/30 dev aws",
        "link set lan up",
        "link set aws up",
      ],
    );
    ipBatch(
      ["-n", vpc],
      [
        "link set lo up",
        "addr add 10.9.255.2/30 dev eth0",
        "link set eth0 up",
        ...[...resolvers, ...endpoints].map((address) => `addr add ${address}/32 dev lo`),
        "route add default via 10.9.255.1",
      ],
    );
    ipBatch(
      ["-n", node],
      [
        "link set lo up",
        "addr add 192.168.9.101/24 dev eth0",
        "link set eth0 up",
        // The internet's router, from which nothing comes back.
        "neigh add 192.168.9.1 lladdr 02:00:00:00:00:01 dev eth0",
        "route add default via 192.168.9.1",
      ],
    );
    run("ip", "netns", "exec", gw, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
    ip(`-n ${gw} route add 10.9.0.0/16 via 10.9.255.2`);
    this.routeBack();
    writeFileSync(join(this.folder, "trusted.pem"), readFileSync(join(this.folder, "ca.crt")));
    writeFileSync(join(this.folder, "resolv.conf"), "nameserver 127.0.0.1\n");
    writeFileSync(join(this.folder, "hosts"), "127.0.0.1 localhost\n");
    writeFileSync(join(this.folder, "nsswitch.conf"), "hosts: files dns\n");
    this.behave({});
  }

  netns(side: string): string {
    return `preflight-${side}-${this.#id}`;
  }

  /** Restores the node's route. */
  routeBack(): void {
    ip(`-n ${this.netns("node")} route replace 10.9.0.0/16 via ${gateway}`);
  }

  ip(side: string, words: string): void {
    ip(`-n ${this.netns(side)} ${words}`);
  }

  /** What the endpoints' servers do from now on. */
  behave(behavior: Behavior): void {
    writeFileSync(join(this.folder, "behavior.json"), JSON.stringify(behavior));
  }

  file(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  async start(): Promise<void> {
    const server = join(import.meta.dirname, "endpoint-server.ts");
    this.#spawn("endpoints", "vpc", [process.execPath, server, this.folder, ...endpoints]);
    await Promise.all([
      ...endpoints.map((address) => this.#listens("endpoints", address, 443)),
      ...resolvers.map((resolver) => this.answer(resolver)),
      this.forward(),
    ]);
  }

  /** What an inbound resolver answers, by name. Default: the endpoints' addresses, or a public one without an endpoint. */
  answer(resolver: string, other: Readonly<Record<string, readonly string[]>> = {}): Promise<void> {
    const records = preflightArgs().names.flatMap(({ name, addresses }) =>
      (other[name] ?? addresses ?? ["52.94.0.9"]).map((address) => `--host-record=${name},${address}`),
    );
    // Like Route 53 it answers that there is no such record; by default dnsmasq would refuse to answer.
    return this.#dnsmasq(resolver, "vpc", resolver, ["--local=/amazonaws.com/", ...records]);
  }

  /** The node's own DNS server, by dnsmasq's options. Default: it forwards to both resolvers. */
  forward(...options: readonly string[]): Promise<void> {
    const both = resolvers.map((resolver) => `--server=/${region}.amazonaws.com/${resolver}`);
    return this.#dnsmasq(
      "forwarder",
      "node",
      "127.0.0.1",
      options.length > 0 ? options : ["--all-servers", ...both],
    );
  }

  async #dnsmasq(label: string, side: string, address: string, options: readonly string[]): Promise<void> {
    await this.stop(label);
    const own = [
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      "--no-resolv",
      "--no-hosts",
      "--pid-file",
      "--user=root",
    ];
    const listen = ["--bind-interfaces", `--listen-address=${address}`];
    this.#spawn(label, side, ["chroot", root, "/usr/sbin/dnsmasq", ...own, ...listen, ...options]);
    await this.#listens(label, address, 53);
  }

  /** Read in the server's own namespace, without a process. */
  async #listens(label: string, address: string, port: number): Promise<void> {
    const hex = (n: number, digits: number) => n.toString(16).toUpperCase().padStart(digits, "0");
    const bytes = address.split(".").map((byte) => hex(Number(byte), 2));
    const listening = ` ${bytes.reverse().join("")}:${hex(port, 4)} 00000000:0000 0A `;
    const sockets = `/proc/${this.#servers.get(label)?.pid}/net/tcp`;
    for (let i = 0; i < 800; i++) {
      if (existsSync(sockets) && readFileSync(sockets, "utf8").includes(listening)) return;
      await sleep(25);
    }
    throw new Error(`${label}: nothing listens at ${address}:${port}`);
  }

  #spawn(label: string, side: string, command: readonly string[]): void {
    this.#servers.set(
      label,
      spawn("ip", ["netns", "exec", this.netns(side), ...command], { stdio: "ignore" }),
    );
  }

  async stop(label: string): Promise<void> {
    const server = this.#servers.get(label);
    this.#servers.delete(label);
    if (!server || server.exitCode !== null) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
  }

  /** nft rules in the gateway's table `broken`; empty again after the case. */
  break(rules: string): void {
    run(
      "ip",
      "netns",
      "exec",
      this.netns("gw"),
      "/usr/sbin/nft",
      `add table ip broken; add chain ip broken pass { type filter hook forward priority 0; }; add rule ip broken pass ${rules}`,
    );
  }

  /** Delays the gateway's ARP until its third request, 2.2 s after the first. */
  delay(): void {
    const [gw, vpc] = [this.netns("gw"), this.netns("vpc")];
    const [, mac = ""] = /link\/ether (\S+)/.exec(run("ip", "-n", gw, "link", "show", "aws")) ?? [];
    // Otherwise it would learn the address from the other end's own request.
    ip(`-n ${vpc} neigh replace 10.9.255.1 lladdr ${mac} dev eth0 nud permanent`);
    const script = `echo 1100 >/proc/sys/net/ipv4/neigh/aws/retrans_time_ms
ip neigh flush dev aws
/usr/sbin/nft 'add table arp broken; add chain arp broken asked { type filter hook output priority 0; }; add rule arp broken asked arp operation request limit rate 1/hour burst 2 packets drop'`;
    run("ip", "netns", "exec", gw, "sh", "-euc", script);
  }

  mend(): void {
    run("ip", "netns", "exec", this.netns("gw"), "/usr/sbin/nft", "flush ruleset");
  }

  /** Runs a command on the node, with the node's own /etc. */
  run(command: readonly string[], stdin = "", environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const at = (file: string) => join(this.folder, file);
    const script = `set -eu
mount --bind '${at("resolv.conf")}' /etc/resolv.conf
mount --bind '${at("hosts")}' /etc/hosts
mount --bind '${at("nsswitch.conf")}' /etc/nsswitch.conf
mount --bind '${at("trusted.pem")}' /etc/ssl/certs/ca-certificates.crt
exec "$@"`;
    const since = Date.now();
    return new Promise((done) => {
      const child = execFile(
        "nsenter",
        [`--net=/run/netns/${this.netns("node")}`, ...withOwnMounts(script, ...command)],
        { env: { ...process.env, ...environment } },
        (_error, stdout, stderr) =>
          done({ status: child.exitCode, stdout, stderr, seconds: (Date.now() - since) / 1000 }),
      );
      child.stdin?.end(stdin);
    });
  }

  /** Runs the host's program on the node, as a person would. */
  measure(args: PreflightArgs, ...options: string[]): Promise<Outcome> {
    const program = join(this.folder, "preflight");
    writeFileSync(program, preflight(args).files?.[0]?.content ?? "");
    return this.run(["dash", program, ...options]);
  }

  async remove(): Promise<void> {
    for (const label of [...this.#servers.keys()]) await this.stop(label);
    for (const side of ["node", "gw", "vpc"]) {
      try {
        ip(`netns del ${this.netns(side)}`);
      } catch {
        // It was never created.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
