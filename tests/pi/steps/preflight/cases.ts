/** The faults that a way can have, each in one place, and what the preflight has to report. */
import { gateway, type preflightArgs, resolvers, type World } from "./world.ts";

export interface Case {
  readonly title: string;
  readonly break: (world: World) => unknown;
  readonly mend: (world: World) => unknown;
  readonly args?: Parameters<typeof preflightArgs>[0];
  /** The one line that names the cause. */
  readonly line: string | RegExp;
}

const every = "(s3.us-east-1.amazonaws.com and 2 more)";
const ssm = "ssm.us-east-1.amazonaws.com";
const up = "raise site.converge by one and run pulumi up";
const restart = `on this host run \`systemctl restart dnsmasq\`, which empties its cache; if that is not enough, ${up}`;
const forward = "must ask the inbound resolver for the names of us-east-1";
const refresh = "run pulumi refresh and pulumi up, which put its rules back";
const missed = `must answer 10.9.0.22, 10.9.1.22, the addresses of the endpoint ssm with private DNS; run pulumi refresh and pulumi up, which create again what is gone; check that privateEndpoints.services names it`;
const authentic =
  "must be AWS's own, valid for s3.us-east-1.amazonaws.com; exclude these names from what intercepts TLS on the way; if the issuer is Amazon, bring the host's ca-certificates up to date";
const mtu = `must pass both ways; ${up}, which puts the gateway's limit on segments back; else look for a smaller MTU between the gateway and AWS`;
const clock =
  "must be less than 60 s off, as certificates and signed requests hold for a time; see `timedatectl timesync-status`; a site without internet needs a time server of its own, NTP= in /etc/systemd/timesyncd.conf";
const endpoint =
  "must answer TLS; look at the endpoint's state in the VPC console, then run pulumi refresh and pulumi up";

const routes: Pick<Case, "mend"> = { mend: (world) => world.routeBack() };
const rules = (broken: string): Pick<Case, "break" | "mend"> => ({
  break: (world) => world.break(broken),
  mend: (world) => world.mend(),
});
const forwarder = (...options: readonly string[]): Pick<Case, "break" | "mend"> => ({
  break: (world) => world.forward(...options),
  mend: (world) => world.forward(),
});
const answers = (answer: Readonly<Record<string, readonly string[]>>): Pick<Case, "break" | "mend"> => ({
  break: (world) => Promise.all(resolvers.map((resolver) => world.answer(resolver, answer))),
  mend: (world) => Promise.all(resolvers.map((resolver) => world.answer(resolver))),
});
const server = (behavior: Parameters<World["behave"]>[0]): Pick<Case, "break" | "mend"> => ({
  break: (world) => world.behave(behavior),
  mend: (world) => world.behave({}),
});

export const cases: readonly Case[] = [
  {
    title: "the route to the VPC is gone",
    break: (world) => world.ip("node", "route del 10.9.0.0/16"),
    ...routes,
    line: `route ${every}: 10.9.0.21 goes via 192.168.9.1 dev eth0: must go via the gateway ${gateway}, as all packets to 10.9.0.0/16; ${up}, so that the step static-route puts the route back`,
  },
  {
    title: "the gateway has no power",
    break: (world) => world.ip("gw", "link set lan down"),
    mend: (world) => world.ip("gw", "link set lan up"),
    line: `gateway ${every}: ${gateway} answers nothing, not even ARP: must run, as all packets to 10.9.0.0/16 go through it; power it on, or repair its network, and run pulumi up again`,
  },
  {
    title: "no tunnel carries packets",
    ...rules("ip daddr 10.9.0.0/16 drop"),
    line: `tunnel ${every}: nothing in 10.9.0.0/16 answers, though the route to it is right: must carry packets both ways; ${up}: the gateway's step says which tunnel is down, and why`,
  },
  {
    title: "on the gateway itself, the tunnels took their route with them",
    break: (world) => world.ip("node", "route del 10.9.0.0/16"),
    ...routes,
    args: { gateway: undefined },
    line: `tunnel ${every}: 10.9.0.21 goes the internet's way, via 192.168.9.1 dev eth0: must go through a tunnel of this host, as all packets to 10.9.0.0/16; ${up}: the gateway's step says which tunnel is down, and why`,
  },
  {
    title: "/etc/hosts knows better",
    break: (world) => world.file("hosts", `52.94.1.2 ${ssm}\n`),
    mend: (world) => world.file("hosts", "127.0.0.1 localhost\n"),
    line: `hosts file (${ssm}): /etc/hosts says 52.94.1.2 for ${ssm}: must leave the name to the VPC's resolver; remove that line from /etc/hosts`,
  },
  {
    title: "the forwarder is stopped",
    break: (world) => world.stop("forwarder"),
    mend: (world) => world.forward(),
    line: `DNS forwarder ${every}: 127.0.0.1 answers no address, while the inbound resolver 10.9.0.10 answers 10.9.0.21, 10.9.1.21: ${forward}; ${restart}`,
  },
  {
    title: "the forwarder answers public addresses",
    ...forwarder("--address=/us-east-1.amazonaws.com/52.94.1.2"),
    line: `DNS forwarder ${every}: 127.0.0.1 answers 52.94.1.2 (public), not the endpoint's, while the inbound resolver 10.9.0.10 answers 10.9.0.21, 10.9.1.21: ${forward}; ${restart}`,
  },
  {
    title: "a server that is not ours keeps an old answer",
    ...forwarder(`--address=/${ssm}/10.9.0.99`, "--server=/us-east-1.amazonaws.com/10.9.0.10"),
    args: {
      dns: { at: "elsewhere", server: "unbound", address: "192.168.9.53", snippet: "forward-zone:\n  …\n" },
    },
    line: `DNS forwarder (${ssm}): 127.0.0.1 answers 10.9.0.99 (private), not the endpoint's, while the inbound resolver 10.9.0.10 answers 10.9.0.22, 10.9.1.22: ${forward}; put this into the configuration of unbound at 192.168.9.53, restart it, and run pulumi up again:\nforward-zone:\n  …`,
  },
  {
    title: "the forwarder knows no such name, and one resolver is down",
    break: async (world) => {
      await world.forward("--address=/us-east-1.amazonaws.com/");
      await world.stop(resolvers[0]);
    },
    mend: async (world) => {
      await world.answer(resolvers[0]);
      await world.forward();
    },
    line: `DNS forwarder ${every}: 127.0.0.1 answers no address, while the inbound resolver 10.9.1.10 answers 10.9.0.21, 10.9.1.21 (10.9.0.10 does not answer): ${forward}; ${restart}`,
  },
  {
    title: "the inbound resolver itself answers a public address",
    ...answers({ [ssm]: ["52.94.1.2"] }),
    line: `endpoint missing (${ssm}): the inbound resolver 10.9.0.10 itself answers 52.94.1.2 (public) for ${ssm}: ${missed}`,
  },
  {
    title: "the inbound resolver knows no such name",
    ...answers({ [ssm]: [] }),
    line: `endpoint missing (${ssm}): the inbound resolver 10.9.0.10 itself answers no address for ${ssm}: ${missed}`,
  },
  {
    title: "the security group of all endpoints is closed",
    ...rules("tcp dport 443 drop"),
    line: `security group ${every}: 10.9.0.21, 10.9.1.21 of endpoint s3 do not open port 443 to 192.168.9.101, while 10.9.0.10 answers: must admit TCP 443 from the site in its security group; ${refresh}`,
  },
  {
    title: "the security group of one endpoint is closed",
    ...rules("ip daddr { 10.9.0.22, 10.9.1.22 } tcp dport 443 drop"),
    line: `security group (${ssm}): 10.9.0.22, 10.9.1.22 of endpoint ssm do not open port 443 to 192.168.9.101, while 10.9.1.21 answers: must admit TCP 443 from the site in its security group; ${refresh}`,
  },
  {
    title: "the resolver's security group is closed",
    ...rules("meta l4proto { tcp, udp } th dport 53 drop"),
    line: `security group ${every}: the inbound resolver 10.9.0.10, 10.9.1.10 does not open port 53 to 192.168.9.101, while 10.9.1.22 answers: must admit TCP and UDP 53 from the site in its security group; ${refresh}`,
  },
  {
    title: "one zone is cut off",
    ...rules("ip daddr 10.9.1.0/24 tcp dport 443 drop"),
    line: `zone ${every}: 10.9.1.21 of endpoint s3 does not open port 443, while its other address does: must answer in each of its zones; look at that subnet's network ACL and at its route back to the site, then at AWS's health dashboard`,
  },
  {
    title: "an endpoint refuses connections",
    ...rules("ip daddr { 10.9.0.22, 10.9.1.22 } reject with tcp reset"),
    line: `endpoint (${ssm}): 10.9.0.22 of endpoint ssm refuses port 443: ${endpoint}`,
  },
  {
    title: "endpoints open their port and say nothing",
    ...server({ silent: true }),
    line: `endpoint ${every}: 10.9.0.21 of endpoint s3 opens port 443, and then says nothing: ${endpoint}`,
  },
  {
    title: "endpoints end the connection instead of an answer",
    ...server({ hangsUp: true }),
    line: `endpoint ${every}: 10.9.0.21 of endpoint s3 ends the connection without an answer: ${endpoint}`,
  },
  {
    title: "full segments from AWS are lost",
    ...rules("oifname lan tcp sport 443 meta length > 1300 drop"),
    line: `MTU ${every}: small packets pass between this host and 10.9.0.21, but full segments from AWS (1448 bytes) are lost: ${mtu}`,
  },
  {
    title: "full segments to AWS are lost",
    ...rules("oifname aws tcp dport 443 meta length > 1300 drop"),
    line: `MTU ${every}: small packets pass between this host and 10.9.0.21, but full segments to AWS (1448 bytes) are lost: ${mtu}`,
  },
  {
    title: "connections open after more than 2 s",
    break: (world) => world.delay(),
    mend: (world) => world.mend(),
    // A connection that a loaded machine opens later than the first one waits less.
    args: { names: [{ name: ssm, service: "ssm", addresses: ["10.9.0.22", "10.9.1.22"] }] },
    line: new RegExp(
      `^tunnel \\(${escaped(ssm)}\\): 10.9.[01].22 of endpoint ssm opens port 443 after 2\\d{3} ms: must open within 2 s; ${escaped("look at the tunnels' round trips and losses: on the gateway run `systemctl status ecs-anywhere-hybrid-vpn-watchdog`")}$`,
    ),
  },
  {
    title: "AWS names no address of an endpoint that is there",
    break: () => undefined,
    mend: () => undefined,
    args: { names: [{ name: ssm, service: "ssm", addresses: [] }] },
    line: `endpoint missing (${ssm}): AWS names no address of the endpoint ssm: must have one in each of its zones; look at the endpoint's state in the VPC console, then run pulumi refresh and pulumi up`,
  },
  {
    title: "the clock is ahead",
    ...server({ dateSeconds: -62 }),
    line: new RegExp(`^clock \\(.* and 2 more\\): this host's is 6\\d s ahead of AWS's: ${escaped(clock)}$`),
  },
  {
    title: "the clock is so far behind that no certificate holds",
    ...server({ certificate: "expired", dateSeconds: 86_400 * 3 }),
    line: new RegExp(
      `^clock \\(.* and 2 more\\): this host's is 2(59199|59200|59201) s behind AWS's: ${escaped(clock)}$`,
    ),
  },
  {
    title: "somebody intercepts TLS",
    ...server({ certificate: "unknown-authority" }),
    line: new RegExp(
      `^TLS \\(.* and 2 more\\): 10.9.0.21 shows a certificate of O ?= ?Proxy[;,] CN ?= ?Interceptor: SSL certificate problem: self[- ]signed certificate in certificate chain: ${escaped(authentic)}$`,
    ),
  },
  {
    title: "the certificate is another name's",
    ...server({ certificate: "other-name" }),
    line: new RegExp(
      `^TLS \\(.* and 2 more\\): 10.9.0.21 shows a certificate of O ?= ?Amazon[;,] CN ?= ?Test intermediate: SSL: no alternative certificate subject name matches target host( ?name)? 's3.us-east-1.amazonaws.com': ${escaped(authentic)}$`,
    ),
  },
];

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
