/** Faults of a tunnel: each can begin and end. */
import { readTunnel } from "../aws/data-plane/tunnels.ts";
import { run, succeeds } from "../world/run.ts";
import { endpoints, internet, vpc } from "../world/topology.ts";
import { killVpnEndpoint, restartVpnEndpoint, swanctl } from "../world/vpn-endpoint.ts";

export type TunnelNumber = 1 | 2;
export const tunnels = [1, 2] as const;

export interface Fault {
  readonly name: string;
  readonly begin: (n: TunnelNumber) => Promise<unknown>;
  readonly end: (n: TunnelNumber) => Promise<unknown>;
}

/** Exists while a path is lost. */
export const faultTable = "lab_fault";

/** For the router: drops all packets between the site and an endpoint, without an error. */
export const lostPath = (n: TunnelNumber) => {
  const { address } = endpoints[n === 1 ? 0 : 1];
  return `table ip ${faultTable} {
  chain lost {
    type filter hook forward priority -10;
    ip saddr ${address} drop
    ip daddr ${address} drop
  }
}
`;
};

const lose = (n: TunnelNumber) => run(["nft", "-f", "-"], { netns: internet, input: lostPath(n) });

/** Ends a path's fault, also one from another run. */
export const restorePath = () => succeeds(["nft", "delete", "table", "ip", faultTable], { netns: internet });

/**
 * Returns the names of the connections in the output of `swanctl --list-sas --raw`; an SA under negotiation has none.
 * Pure.
 */
export const connectionsIn = (listed: string): readonly string[] => [
  ...new Set([...listed.matchAll(/list-sa event \{([^\s(]+) \{/g)].map(([, name = ""]) => name)),
];

/** Returns the names of the connections for which an endpoint has SAs. */
export const connectionsOf = async (n: TunnelNumber): Promise<readonly string[]> =>
  connectionsIn(await swanctl(n, ["--list-sas", "--raw"]));

/** Closes the tunnel as AWS does before it replaces its end. The gateway starts it again. */
export async function closeInOrder(n: TunnelNumber): Promise<void> {
  for (const name of await connectionsOf(n)) await swanctl(n, ["--terminate", "--ike", name]);
}

export const faults: readonly Fault[] = [
  { name: "endpoint killed", begin: killVpnEndpoint, end: restartVpnEndpoint },
  { name: "path lost, without a word", begin: lose, end: restorePath },
  { name: "closed by AWS in order", begin: closeInOrder, end: async () => {} },
];

/** Asks the endpoint itself, since AWS reports late. */
export const isUp = async (n: TunnelNumber) => (await readTunnel(n)).up;

/** Returns the number of packets that came into the VPC from an endpoint. */
async function received(n: TunnelNumber): Promise<number> {
  const said = await run(["ip", "-json", "-stats", "link", "show", "dev", `vgw${n}`], { netns: vpc });
  const [link] = JSON.parse(said) as { stats64: { rx: { packets: number } } }[];
  return link?.stats64.rx.packets ?? 0;
}

/** Returns the tunnel through which most packets from the site come, under load. */
export async function carrier(): Promise<TunnelNumber> {
  const before = await Promise.all(tunnels.map(received));
  await new Promise((wake) => setTimeout(wake, 300));
  const after = await Promise.all(tunnels.map(received));
  const [first = 0, second = 0] = after.map((count, i) => count - (before[i] ?? 0));
  return first >= second ? 1 : 2;
}
