/** The namespaces, the links between them and the home router's NAT. No packet leaves them. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, succeeds } from "./run.ts";
import { aws, type Edge, endpoints, internet, laptop, site, vpc, vpcCidr } from "./topology.ts";
import { resolverOf } from "./vpc.ts";

const edges: readonly Edge[] = [...endpoints, aws];

/** Namespaces that exist as long as the lab; a host gets a new one at each boot. */
const namespaces = [internet, laptop, vpc, ...edges.map((e) => e.netns)];

/** `fwd` and `post` are keywords of nft, hence the chains' names. */
export const natRules = `
table ip homenat {
  chain hpost {
    type nat hook postrouting priority srcnat;
    iifname "home" oifname "wan*" ip saddr ${site.laptop} snat to ${site.laptopPublicAddress}
    iifname "home" oifname "wan*" snat to ${site.publicAddress}
  }
  chain hfwd {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "home" accept
  }
}
`;

const routerMac = "02:00:c0:a8:01:01";

/** Lines for `ip -batch`, by namespace; both ends of each link are created in place, with their final names. */
export function linkCommands(): Readonly<Record<string, readonly string[]>> {
  const commands: Record<string, string[]> = {};
  const at = (netns: string, ...lines: string[]) => {
    commands[netns] = [...(commands[netns] ?? ["link set lo up"]), ...lines];
  };
  at(
    internet,
    // An address of its own: by default a bridge has its lowest port's, which goes with a host while others remember
    // it.
    `link add home address ${routerMac} type bridge forward_delay 0`,
    `addr add ${site.router}/24 dev home`,
    "link set home up",
  );
  at(
    internet,
    `addr add ${site.publicAddress}/32 dev lo`,
    `addr add ${site.laptopPublicAddress}/32 dev lo`,
    // For the router's own packets, such as DNS answers; the hosts need routes of their own.
    `rule add iif lo to ${vpcCidr} lookup 100`,
    `route add ${vpcCidr} via ${site.gateway} table 100`,
  );
  at(
    internet,
    `link add h-laptop type veth peer name eth0 netns ${laptop}`,
    "link set h-laptop up master home",
  );
  at(
    laptop,
    `addr add ${site.laptop}/24 dev eth0`,
    "link set eth0 up",
    `route add default via ${site.router}`,
  );
  at(laptop, `route add ${vpcCidr} via ${site.gateway}`);
  for (const { netns, link, address, router } of edges) {
    at(internet, `link add ${link} type veth peer name eth0 netns ${netns}`);
    at(internet, `addr add ${router}/28 dev ${link}`, `link set ${link} up`);
    at(netns, `addr add ${address}/28 dev eth0`, "link set eth0 up", `route add default via ${router}`);
  }
  at(vpc);
  for (const { netns, number } of endpoints) {
    at(netns, `link add vpc type veth peer name vgw${number} netns ${vpc}`, "link set vpc up");
    at(vpc, `link set vgw${number} up`);
  }
  return commands;
}

/** Routes to the VPC may be asymmetric, as on AWS, so the reverse-path filter is loose or off. */
const forwarding =
  "net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0".split(" ");

/** The DNS server for the processes in a namespace; hosts have a file of their own. */
const nameservers = { [laptop]: site.router, [vpc]: resolverOf(vpcCidr) };

const resolvFolder = (netns: string) => `/etc/netns/${netns}`;

const namespaceExists = (netns: string) => existsSync(`/run/netns/${netns}`);

/** Returns whether `createNetwork` succeeded; the nft table is its last act. */
export const networkStands = async () =>
  namespaces.every(namespaceExists) &&
  (await succeeds(["nft", "list", "table", "ip", "homenat"], { netns: internet }));

export async function createNetwork(): Promise<void> {
  await run(["ip", "-batch", "-"], { input: namespaces.map((netns) => `netns add ${netns}\n`).join("") });
  for (const netns of [internet, vpc, ...endpoints.map((e) => e.netns)])
    await run(["sysctl", "-qw", ...forwarding], { netns });
  for (const [netns, lines] of Object.entries(linkCommands()))
    await run(["ip", "-netns", netns, "-batch", "-"], { input: `${lines.join("\n")}\n` });
  for (const [netns, address] of Object.entries(nameservers)) {
    mkdirSync(resolvFolder(netns), { recursive: true });
    writeFileSync(join(resolvFolder(netns), "resolv.conf"), `nameserver ${address}\n`);
  }
  await run(["nft", "-f", "-"], { netns: internet, input: natRules });
}

/** Removes every namespace of the lab, complete or not, including the hosts', with all processes inside. */
export async function removeNetwork(): Promise<void> {
  const all = existsSync("/run/netns") ? readdirSync("/run/netns") : [];
  for (const netns of all.filter((name) => name.startsWith("hl-"))) {
    // Fails for a namespace whose creation was interrupted: nothing runs in it.
    const pids = await run(["ip", "netns", "pids", netns]).catch(() => "");
    if (pids.trim() !== "") await succeeds(["kill", "-9", ...pids.trim().split("\n")]);
    await run(["ip", "netns", "del", netns]);
  }
  await run(["rm", "-rf", ...Object.keys(nameservers).map(resolvFolder)]);
}
