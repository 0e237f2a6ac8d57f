/**
 * The lab's home, internet and VPC once more, inside the guest: the same namespaces and addresses, but the gateway is the
 * guest itself, and the laptop is the host of the site that speaks through it.
 */
import { linkCommands, natRules } from "../world/network.ts";
import { endpoints, internet, laptop, site, vpc, vpcCidr } from "../world/topology.ts";
import { ec2Client, linkOf } from "../world/vpc.ts";
import { insideOf } from "./gateway.ts";

/** From which address, and in which namespace, each side is looked at. */
export const sides = {
  site: { netns: laptop, address: site.laptop },
  vpc: { netns: vpc, address: ec2Client },
} as const;

/**
 * nft counters in the router, by direction as the home sees it: encrypted packets of exactly, and of more than, 1500
 * bytes; and packets for the VPC that come to it in clear.
 */
export const wire = ["up_full", "up_over", "down_full", "down_over", "clear"] as const;

/** What passes between the home and the two endpoints; what came in fragments is whole again, and so longer than 1500. */
const wireRules = `
table ip wire {
${wire.map((name) => `  counter ${name} {}`).join("\n")}
  chain hcount {
    type filter hook forward priority filter - 1; policy accept;
    iifname "home" udp dport 4500 meta length 1500 counter name up_full
    iifname "home" udp dport 4500 meta length > 1500 counter name up_over
    oifname "home" udp sport 4500 meta length 1500 counter name down_full
    oifname "home" udp sport 4500 meta length > 1500 counter name down_over
  }
  chain harrive {
    type filter hook prerouting priority filter; policy accept;
    iifname "home" ip daddr ${vpcCidr} counter name clear
  }
}
`;

/** AWS's end does not tell the sender that a packet was too big. */
export const silentRules = `
table ip silent {
  chain hout { type filter hook output priority filter; icmp type destination-unreachable icmp code frag-needed drop; }
}
`;

const batch = (netns: string, lines: readonly string[]) =>
  `ip -netns ${netns} -batch - <<'END'\n${lines.join("\n")}\nEND\n`;

/** The VPC sends to the site through endpoint `n`. */
export const sendThrough = (n: 1 | 2) =>
  `ip -n ${vpc} route replace ${site.cidr} via ${linkOf(vpcCidr, n).endpoint} src ${ec2Client}`;

/** A script for the guest's sh: namespaces, links, addresses, routes, the router's NAT. The gateway gets its link last. */
export function homeScript(mac: string): string {
  const links = linkCommands();
  return [
    "set -eu",
    // A new namespace takes these from the first one: routers that filter no reverse path.
    "echo 1 >/proc/sys/net/ipv4/ip_forward",
    "for f in all default; do echo 0 >/proc/sys/net/ipv4/conf/$f/rp_filter; done",
    ...Object.keys(links).map((netns) => `ip netns add ${netns}`),
    // The gateway's own: not yet a router, with the strictest filter that a host may come with. What AWS answers through
    // the other tunnel must pass in spite of it.
    "echo 0 >/proc/sys/net/ipv4/ip_forward",
    "for f in all default; do echo 1 >/proc/sys/net/ipv4/conf/$f/rp_filter; done",
    ...Object.entries(links).map(([netns, lines]) => batch(netns, lines)),
    batch(vpc, [
      `addr add ${ec2Client}/32 dev lo`,
      ...endpoints.map(({ number }) => `addr add ${linkOf(vpcCidr, number).vpc}/30 dev vgw${number}`),
    ]),
    ...endpoints.flatMap(({ number, netns }) => [
      batch(netns, [
        `addr add ${linkOf(vpcCidr, number).endpoint}/30 dev vpc`,
        `route add ${vpcCidr} via ${linkOf(vpcCidr, number).vpc}`,
        `link add ipsec0 type xfrm dev eth0 if_id ${number}`,
        `addr add ${insideOf(number).vgw}/30 dev ipsec0`,
        "link set ipsec0 mtu 1438 up",
        `route add ${site.cidr} dev ipsec0`,
      ]),
      `ip netns exec ${netns} nft -f - <<'END'\n${silentRules}END\n`,
    ]),
    sendThrough(1),
    `ip netns exec ${internet} nft -f - <<'END'\n${natRules}${wireRules}END\n`,
    `ip link add h-gateway netns ${internet} type veth peer name eth0 address ${mac}`,
    batch(internet, ["link set h-gateway up master home"]),
    // systemd-networkd does the rest, as on a Pi with netplan.
    `until ip -4 route show default | grep -q eth0; do sleep 0.1; done`,
  ].join("\n");
}
