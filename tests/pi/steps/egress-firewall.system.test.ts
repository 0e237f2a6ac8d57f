/**
 * The step, carried out by the real converge program on a node in a network namespace, with a site, a VPC and an internet
 * around it that all answer: what gets no answer was blocked by the rules. It runs as root.
 */
import { existsSync } from "node:fs";
import anyTest, { type ExecutionContext } from "ava";
import { allFiles } from "../../../pi/primitives.ts";
import { egressFirewall } from "../../../pi/steps/egress-firewall.ts";
import { need } from "../../support/needs.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";
import { here, Network, world } from "./egress-firewall/network.ts";
import type { Outcome, Probe } from "./egress-firewall/probe.ts";

const missing = [
  ...(process.getuid?.() === 0 ? [] : ["root's rights"]),
  ...(existsSync("/usr/sbin/nft") ? [] : ["/usr/sbin/nft"]),
];
need(missing, "run the tests as root, with nftables");
const test = anyTest.serial;

const common = { siteCidrs: ["192.168.1.0/24"], vpcCidrs: ["10.0.0.0/16"], sshPort: 2222 };
const byGateway = egressFirewall({ ...common, via: { kind: "gateway", address: world.gateway } });
const byTunnels = egressFirewall({ ...common, via: { kind: "tunnels", addresses: world.endpoints } });

type Place = "node" | "container" | "other" | "world";
/** Source, destination, expected outcome, and the purpose of the case. */
type Case = readonly [from: Place, Probe, Outcome["outcome"], string];

const tcp = (to: string, port = 443, from?: string, fromPort?: number): Probe => ({
  protocol: "tcp",
  to,
  port,
  ...(from !== undefined && { from }),
  ...(fromPort !== undefined && { fromPort }),
});
const udp = (to: string, port = 53, fromPort?: number): Probe => ({
  protocol: "udp",
  to,
  port,
  ...(fromPort !== undefined && { fromPort }),
});

const everywhere: readonly Case[] = [
  ["node", tcp(world.siteHost), "open", "the site"],
  ["node", udp(world.router), "open", "the site's DNS server"],
  ["node", tcp(world.vpc), "open", "the VPC"],
  ["node", tcp(world.internet), "refused", "the internet"],
  ["node", udp(world.internet), "refused", "a DNS server on the internet"],
  ["node", tcp(world.internet, 443, here.node, 1000), "refused", "the internet, from a port of servers"],
  ["node", tcp(world.internet6), "refused", "the internet by IPv6"],
  ["node", tcp(world.uniqueLocal), "open", "the site by IPv6"],
  ["node", tcp(here.credentials, 80), "open", "the tasks' credentials"],
  ["node", tcp(here.node, 22), "open", "an address of its own"],
  ["node", tcp("127.0.0.1", 22), "open", "itself"],
  ["node", tcp(here.container, 8080), "open", "a container of its own"],
  ["node", udp("224.0.0.251", 5353), "silent", "multicast on the link leaves; no host has joined"],
  ["node", udp("255.255.255.255", 67, 68), "silent", "a DHCP request leaves; there is no server"],
  ["node", udp("239.255.255.250", 5353), "refused", "multicast that routers may forward"],
  ["container", tcp(world.siteHost), "open", "a container: the site"],
  ["container", tcp(world.vpc), "open", "a container: the VPC"],
  ["container", tcp(world.internet), "refused", "a container: the internet"],
  ["container", udp(world.internet), "refused", "a container: a DNS server on the internet"],
  ["container", tcp(here.credentials, 80), "open", "a container: its task's credentials"],
  ["container", tcp(here.otherContainer, 8080), "open", "a container: one on another bridge"],
  ["world", tcp(here.node, 22, world.internet), "open", "answers: SSH from the internet"],
  ["world", tcp(here.node, 8080, world.siteHost), "open", "answers: a published port, asked by the site"],
  ["world", tcp(here.node, 8080, world.internet), "open", "answers: a published port, asked by the internet"],
  ["world", tcp(here.node, 8080, world.vpc), "open", "answers: a published port, asked by the VPC"],
];

async function expect(t: ExecutionContext, net: Network, cases: readonly Case[]): Promise<void> {
  for (const place of ["node", "container", "other", "world"] as const) {
    const own = cases.filter(([from]) => from === place);
    if (own.length === 0) continue;
    const outcomes = await net.ask(
      place,
      own.map(([, probe]) => probe),
    );
    own.forEach(([, { to, port }, wanted, what], i) => {
      const { outcome, milliseconds } = outcomes[i] as Outcome;
      t.is(outcome, wanted, `${place} → ${to}:${port}: ${what}`);
      if (wanted === "refused")
        t.true(milliseconds < 500, `${what}: refused at once, not after ${milliseconds} ms`);
    });
  }
}

const open = (cases: readonly Case[]): readonly Case[] =>
  cases.map(([from, probe, outcome, what]) => [from, probe, outcome === "refused" ? "open" : outcome, what]);

async function network(t: ExecutionContext): Promise<Network> {
  const net = new Network(t);
  await net.start();
  return net;
}

const rules = (net: Network) => net.sh("node", "/usr/sbin/nft -s list ruleset");

test("via a gateway: what a node and its containers reach, and what they do not", async (t) => {
  const net = await network(t);
  const before = rules(net);
  await expect(
    t,
    net,
    open(everywhere).filter(([, { to }]) => !to.startsWith("239")),
  );

  const { facts } = await net.converge(byGateway);
  t.is(facts.mode, "gateway");
  await expect(t, net, [
    ...everywhere,
    ["node", udp(world.endpoints[0], 500), "refused", "IKE, which is the gateway's"],
  ]);
  t.true(rules(net).includes(before.trim()), "the tables of others are as they were");

  const again = await net.converge(byGateway);
  t.deepEqual(again.changed, [], "the running table is the wanted one");
  t.true(Number(again.facts.rejectedFromHost) >= 5, again.facts.rejectedFromHost);
  t.true(Number(again.facts.rejectedFromContainers) >= 2, again.facts.rejectedFromContainers);

  // Without its route, packets for the VPC take the default route, where they must be rejected.
  net.sh("node", "ip route del 10.0.0.0/16");
  await expect(t, net, [
    ["node", tcp(world.vpc), "refused", "the VPC by the router"],
    ["container", tcp(world.vpc), "refused", "a container: the VPC by the router"],
    ["node", tcp(world.siteHost), "open", "the site, still"],
  ]);
  const [answer] = await net.ask("world", [tcp(here.node, 22, world.vpc)]);
  t.not(answer?.outcome, "open", "not even an answer for the VPC leaves by the router");

  await net.converge(byGateway, "undo");
  t.is(rules(net), before);
});

test("on a gateway that is a node: through the tunnels, and IKE to their two ends", async (t) => {
  const net = await network(t);
  net.sh("node", "ip route replace 10.0.0.0/16 dev tunnel1");
  net.sh("world", `ip route add 192.168.1.101/32 dev aws; echo 1 >/proc/sys/net/ipv4/conf/aws/proxy_arp`);
  net.sh("node", "ip addr add 169.254.10.2/30 dev tunnel1");
  net.sh("world", "ip addr add 169.254.10.1/30 dev aws");
  await net.converge(byTunnels);
  await expect(t, net, [
    ["node", tcp(world.vpc, 443, here.node), "open", "the VPC by the tunnel"],
    ["node", tcp("169.254.10.1"), "open", "AWS's address inside the tunnel"],
    ["node", tcp(world.internet), "refused", "the internet"],
    ["node", udp(world.endpoints[0], 500), "open", "IKE to the first endpoint"],
    ["node", udp(world.endpoints[1], 4500), "open", "ESP in UDP to the second endpoint"],
    ["node", tcp(world.endpoints[0]), "refused", "anything else at an endpoint"],
    ["node", udp(world.internet, 500), "refused", "IKE to somebody else"],
    ["container", tcp(world.internet), "refused", "a container: the internet"],
  ]);
  // While the tunnels are down, packets for the VPC take another way: the default route, or the site's network.
  net.sh("node", "ip route replace 10.0.0.0/16 via 192.168.1.1");
  await expect(t, net, [
    ["node", tcp(world.vpc), "refused", "the VPC outside the tunnels"],
    ["container", tcp(world.vpc), "refused", "a container: the VPC outside the tunnels"],
  ]);
});

test("a second range of the site and of the VPC opens, and closes again when it is removed", async (t) => {
  const net = await network(t);
  const site = { ...common, siteCidrs: [...common.siteCidrs, "198.51.100.0/24"] };
  const gateway = { kind: "gateway", address: world.gateway } as const;
  await net.converge(egressFirewall({ ...site, via: gateway }));
  await expect(t, net, [
    ["node", tcp(world.internet), "open", "a host of the second range, by its router"],
    ["container", tcp(world.internet), "open", "a container: the second range"],
  ]);
  const vpc = { ...common, vpcCidrs: [...common.vpcCidrs, "198.51.100.0/24"] };
  await net.converge(egressFirewall({ ...vpc, via: gateway }));
  await expect(t, net, [["node", tcp(world.internet), "refused", "the VPC's second range by the router"]]);
  net.sh("node", `ip route add 198.51.100.0/24 via ${world.gateway}`);
  await expect(t, net, [["node", tcp(world.internet), "open", "the VPC's second range by the gateway"]]);
  await net.converge(byGateway);
  await expect(t, net, [["node", tcp(world.internet), "refused", "no range any more"]]);
});

test("connections that are older than the rules: the SSH session continues, at any port; one to the internet ends", async (t) => {
  const net = await network(t);
  // Before any rule of the node's tracks connections, as on a host without Docker.
  net.sh("node", "/usr/sbin/nft delete table ip docker");
  const said = (child: ReturnType<Network["spawn"]>) => {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
    return async (wanted: string, ms = 3000) => {
      for (const end = Date.now() + ms; Date.now() < end; ) {
        if (text.includes(wanted)) return true;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return false;
    };
  };
  const client = (to: string, port: number, from: string) =>
    [
      process.execPath,
      "-e",
      `const s = require("node:net").connect({ host: "${to}", port: ${port}, localAddress: "${from}" });
       s.on("error", () => console.log("ended")); s.pipe(process.stdout); process.stdin.pipe(s)`,
    ] as const;
  const ssh = net.spawn("world", client(here.node, 2222, world.internet));
  const outward = net.spawn("node", client(world.internet, 443, here.node));
  const heard = { ssh: said(ssh), outward: said(outward) };
  t.true(await heard.ssh("!"));
  t.true(await heard.outward("!"));

  await net.converge(byGateway);
  ssh.stdin?.write("still there");
  outward.stdin?.write("still there");
  t.true(await heard.ssh("still there"));
  t.true(await heard.outward("ended"));
});

test("what nftables.service flushes is loaded again", async (t) => {
  const net = await network(t);
  await net.converge(byGateway);
  const loaded = rules(net);
  const dropIn = net.at.read(
    "/etc/systemd/system/nftables.service.d/ecs-anywhere-hybrid-egress-firewall.conf",
  );
  const commands = dropIn.split("\n").flatMap((line) => /^Exec(\w+)=-(.*)$/.exec(line)?.slice(1) ?? []);
  t.deepEqual(
    commands.filter((_, i) => i % 2 === 0),
    ["StartPost", "Reload", "StopPost"],
  );
  for (const command of commands.filter((_, i) => i % 2 === 1)) {
    net.sh("node", "/usr/sbin/nft delete table inet ecs_anywhere_hybrid_egress");
    net.sh("node", command.replace("/etc/", `${net.at.root}/etc/`));
    t.is(rules(net), loaded);
  }
});

test("a table that was changed or removed is restored", async (t) => {
  const net = await network(t);
  await net.converge(byGateway);
  const loaded = rules(net);
  for (const change of ["insert rule", "delete table"]) {
    net.sh(
      "node",
      `/usr/sbin/nft ${change} inet ecs_anywhere_hybrid_egress ${change === "insert rule" ? "leave accept" : ""}`,
    );
    t.deepEqual((await net.converge(byGateway)).changed, ["table inet ecs_anywhere_hybrid_egress"]);
    t.is(rules(net), loaded);
  }
});

anyTest("the unit is ordered before the network, and stopping it opens nothing", (t) => {
  const unit =
    allFiles(byGateway).find(({ path }) => path.endsWith("-egress-firewall.service"))?.content ?? "";
  t.regex(unit, /^Before=network-pre\.target$/m);
  t.regex(unit, /^Wants=network-pre\.target$/m);
  t.regex(unit, /^DefaultDependencies=no$/m);
  t.notRegex(unit, /ExecStop|Conflicts/);
});

anyTest("values that would change a rule's meaning are refused", (t) => {
  t.throws(
    () => egressFirewall({ ...common, siteCidrs: ["0.0.0.0"], via: { kind: "gateway", address: "1.2.3.4" } }),
    {
      message: "site.cidr: 0.0.0.0: must be an IPv4 range; write it as 10.0.0.0/16",
    },
  );
  t.throws(() => egressFirewall({ ...common, via: { kind: "gateway", address: "pi-gateway" } }), {
    message: /^site\.gateway: pi-gateway: must be an IPv4 address; /,
  });
});

anyTest("every script passes shellcheck and dash", (t) => {
  for (const step of [byGateway, byTunnels]) hasGoodScripts(t, step);
});
