/** A node with Docker's bridge, two containers, and the world around it, in network namespaces of their own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import type { Step } from "../../../../pi/step.ts";
import { ScratchRoot } from "../../../support/scratch-root.ts";
import { systemd } from "../../../support/stand-ins/primitives.ts";
import type { Outcome, Probe, Served } from "./probe.ts";

const probe = join(import.meta.dirname, "probe.ts");

/** Addresses of the world; it answers TCP 22 and 443 on each, and UDP 53, 500 and 4500 on some. */
export const world = {
  router: "192.168.1.1",
  gateway: "192.168.1.196",
  siteHost: "192.168.1.50",
  vpc: "10.0.0.45",
  internet: "198.51.100.10",
  /** AWS's endpoints of the two tunnels. */
  endpoints: ["203.0.113.17", "203.0.113.33"],
  internet6: "2001:db8::10",
  uniqueLocal: "fd00::50",
} as const;

/** The node answers TCP 22 and 2222; its container TCP 8080, which it publishes; 127.0.0.1:51679 are the tasks' credentials. */
export const here = {
  node: "192.168.1.101",
  container: "172.17.0.2",
  otherContainer: "172.18.0.2",
  credentials: "169.254.170.2",
} as const;

let count = 0;

export class Network {
  readonly at: ScratchRoot;
  readonly #names: Readonly<Record<"node" | "world" | "container" | "other", string>>;
  readonly #processes: ChildProcess[] = [];

  constructor(t: ExecutionContext) {
    const own = `h7-${process.pid}-${++count}`;
    this.#names = { node: `${own}-n`, world: `${own}-w`, container: `${own}-c`, other: `${own}-o` };
    this.at = new ScratchRoot();
    t.teardown(() => this.#remove());
    for (const name of Object.values(this.#names)) execFileSync("ip", ["netns", "add", name]);
    this.sh("world", worldSide);
    const { node, world, container, other } = this.#names;
    const link = (ns: string, name: string, peerNs: string, peer: string) =>
      execFileSync("ip", [
        "link",
        "add",
        name,
        "netns",
        ns,
        "type",
        "veth",
        "peer",
        "name",
        peer,
        "netns",
        peerNs,
      ]);
    link(node, "eth0", world, "lan");
    link(node, "tunnel1", world, "aws");
    link(node, "c1", container, "eth0");
    link(node, "c2", other, "eth0");
    this.sh("world", worldLinks);
    this.sh("node", nodeLinks);
    this.sh("container", containerLink(here.container, "172.17.0.1"));
    this.sh("other", containerLink(here.otherContainer, "172.18.0.1"));
    // Not one that npm installed.
    this.at.fake("nft", 'exec /usr/sbin/nft "$@"');
    systemd(this.at);
  }

  /** Starts the servers; resolves when they answer. */
  async start(): Promise<void> {
    const { router, internet, endpoints } = world;
    this.#serve("world", {
      tcp: [22, 443],
      udp: [53, 500, 4500],
      addresses: [router, internet, ...endpoints],
    });
    this.#serve("node", { tcp: [22, 2222, 51679], udp: [], addresses: [] });
    for (const name of ["container", "other"] as const)
      this.#serve(name, { tcp: [8080], udp: [], addresses: [] });
    const all = [
      { protocol: "tcp", to: world.siteHost, port: 443 },
      { protocol: "tcp", to: here.container, port: 8080 },
      { protocol: "tcp", to: here.otherContainer, port: 8080 },
      { protocol: "tcp", to: here.node, port: 22 },
    ] as const;
    for (let tries = 0; (await this.ask("node", all)).some(({ outcome }) => outcome !== "open"); tries += 1) {
      if (tries > 50) throw new Error("the network's servers do not answer");
      await sleep(100);
    }
  }

  sh(name: keyof Network["names"], script: string): string {
    return execFileSync("ip", ["netns", "exec", this.#names[name], "sh", "-euc", script], {
      encoding: "utf8",
    });
  }

  get names() {
    return this.#names;
  }

  /** Tries all probes at once, from the node, a container or the world. */
  async ask(name: keyof Network["names"], probes: readonly Probe[]): Promise<readonly Outcome[]> {
    const text = await this.#run(name, [process.execPath, probe, "ask", JSON.stringify(probes)]);
    return JSON.parse(text) as Outcome[];
  }

  /** Carries the step out on the node, as a host does. */
  async converge(step: Step, action: "converge" | "undo" = "converge") {
    const out = await this.#run("node", ["/bin/dash", "-s", "--", action], this.at.program(step));
    return JSON.parse(out) as { changed: string[]; facts: Record<string, string> };
  }

  spawn(name: keyof Network["names"], command: readonly string[]): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.#names[name], ...command], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#processes.push(child);
    return child;
  }

  #serve(name: keyof Network["names"], served: Served): void {
    this.spawn(name, [process.execPath, probe, "serve", JSON.stringify(served)]);
  }

  #run(name: keyof Network["names"], command: readonly string[], stdin = ""): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn("ip", ["netns", "exec", this.#names[name], ...command], {
        env: { ...process.env, ...this.at.environment },
      });
      const said = { out: "", error: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        said.out += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said.error += text;
      });
      child.on("close", (status) => (status === 0 ? resolve(said.out) : reject(new Error(said.error))));
      child.stdin.on("error", () => undefined);
      child.stdin.end(stdin);
    });
  }

  #remove(): void {
    for (const child of this.#processes) child.kill("SIGKILL");
    for (const name of Object.values(this.#names)) {
      execFileSync("sh", ["-c", `ip netns del ${name} 2>/dev/null || :`]);
    }
    this.at.remove();
  }
}

const worldSide = `
ip link set lo up
echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
for address in ${[world.vpc, world.internet, ...world.endpoints].join(" ")}; do ip addr add "$address/32" dev lo; done
ip -6 addr add ${world.internet6}/128 dev lo nodad
`;

/** The router, the gateway and the site's host are one machine: what counts is which of them the node sends a packet to. */
const worldLinks = `
ip link set lan up
ip link set aws up
for address in ${world.router} ${world.gateway} ${world.siteHost}; do ip addr add "$address/24" dev lan; done
ip -6 addr add ${world.uniqueLocal}/64 dev lan nodad
`;

/** With the address translation of Docker and of the ECS agent (ecs-init, exec/iptables), as nft has it. */
const nodeLinks = `
ip link set lo up
ip addr add ${here.node}/24 dev eth0
ip -6 addr add fd00::101/64 dev eth0 nodad
ip link set eth0 up
ip link set tunnel1 up
echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
ip route add default via ${world.router}
ip -6 route add default via ${world.uniqueLocal}
ip route add 10.0.0.0/16 via ${world.gateway}
ip link add docker0 type bridge
ip addr add 172.17.0.1/16 dev docker0
ip link add br-0123456789ab type bridge
ip addr add 172.18.0.1/16 dev br-0123456789ab
ip link set c1 master docker0 up
ip link set c2 master br-0123456789ab up
ip link set docker0 up
ip link set br-0123456789ab up
/usr/sbin/nft -f - <<END
table ip docker {
  chain pre {
    type nat hook prerouting priority dstnat;
    ip daddr ${here.credentials} tcp dport 80 dnat to 127.0.0.1:51679
    fib daddr type local tcp dport 8080 dnat to ${here.container}:8080
  }
  chain out {
    type nat hook output priority -100;
    ip daddr ${here.credentials} tcp dport 80 redirect to :51679
  }
  chain post {
    type nat hook postrouting priority srcnat;
    ip saddr 172.17.0.0/16 oifname != "docker0" masquerade
  }
}
END
`;

const containerLink = (address: string, router: string) => `
ip link set lo up
ip addr add ${address}/16 dev eth0
ip link set eth0 up
ip route add default via ${router}
`;
