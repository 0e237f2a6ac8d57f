/**
 * The virtual home, the internet and the VPC's edge, as plain data: every name and address of the lab is here.
 *
 * ```
 * laptop .50 ─────┐                              ┌─ 203.0.113.16/28 ─ vgw1 .17 ─┐
 * pi-gateway .196 ┼─ home 192.168.1.1, router, ──┼─ 203.0.113.32/28 ─ vgw2 .33 ─┼─ vpc
 * pi-1 .101 …     ┘  NAT 198.51.100.7            └─ 203.0.113.48/28 ─ aws  .49  (public endpoints, package mirror)
 * ```
 */

export const region = "us-east-1";
export const account = "123456789012";

export const site = {
  cidr: "192.168.1.0/24",
  router: "192.168.1.1",
  laptop: "192.168.1.50",
  gateway: "192.168.1.196",
  publicAddress: "198.51.100.7",
  /** The laptop's own, so that the simulated AWS can tell the laptop from the hosts. */
  laptopPublicAddress: "198.51.100.8",
  /** The domain of the hosts' names. */
  domain: "home.arpa",
  /** TCP port of the router that serves Debian packages to the site. */
  mirrorPort: 8080,
} as const;

/** The VPC of stack `lab`; the laptop has its static route from the start, as a person would set it by hand. */
export const vpcCidr = "10.0.0.0/16";

/** The package source of the hosts' apt. */
export const mirrorHost = "packages.lab.internal";

export interface Edge {
  readonly netns: string;
  readonly address: string;
  /** The internet's end of the link. */
  readonly router: string;
  readonly link: string;
}

const edge = (name: string, link: string, address: string, router: string): Edge => ({
  netns: `hl-${name}`,
  link,
  address,
  router,
});

/** The two VPN endpoints, as AWS numbers the tunnels. */
export const endpoints = [
  { number: 1, ...edge("vgw1", "wan1", "203.0.113.17", "203.0.113.30") },
  { number: 2, ...edge("vgw2", "wan2", "203.0.113.33", "203.0.113.46") },
] as const;

export const aws = edge("aws", "wan3", "203.0.113.49", "203.0.113.62");

export const internet = "hl-inet";
export const laptop = "hl-laptop";
export const vpc = "hl-vpc";

export type Role = "gateway" | "node";

export interface HostSpec {
  /** Key in the config's `hosts`, and host name. */
  readonly name: string;
  /** Both on the one Pi of the smallest lab. */
  readonly roles: readonly Role[];
  readonly address: string;
  /** The same at every boot, since neighbours cache ARP answers. */
  readonly mac: string;
  readonly netns: string;
}

function host(name: string, roles: readonly Role[], lastByte: number): HostSpec {
  const mac = `b8:27:eb:00:01:${lastByte.toString(16).padStart(2, "0")}`;
  return { name, roles, address: `192.168.1.${lastByte}`, mac, netns: `hl-${name}` };
}

/** The home's range has no room for more. */
export const mostNodes = 90;

/**
 * Returns the gateway and `nodes` nodes; with 0, the gateway is also a node, as in Pulumi.dev.yaml. Throws RangeError
 * for a number that the home's range has no room for.
 */
export function hostsOf(nodes: number): readonly HostSpec[] {
  if (!Number.isInteger(nodes) || nodes < 0 || nodes > mostNodes)
    throw new RangeError(
      `--nodes: ${nodes} is not possible: the home has room for 0 to ${mostNodes}; choose such a number`,
    );
  return [
    host("pi-gateway", nodes === 0 ? ["gateway", "node"] : ["gateway"], 196),
    ...Array.from({ length: nodes }, (_, i) => host(`pi-${i + 1}`, ["node"], 101 + i)),
  ];
}
