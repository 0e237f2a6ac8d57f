/** Watches the tunnels, and chooses the one that the VPC sends through, as a virtual private gateway does. */
import { endpointRuns, swanctl } from "../../world/vpn-endpoint.ts";

export interface TunnelState {
  /** The CHILD_SA is installed: traffic can flow. */
  readonly up: boolean;
  readonly statusMessage: string;
}

/** Reads the raw output of `swanctl --list-sas --raw`: one line per connection. Pure. */
export function tunnelState(listSas: string): TunnelState {
  if (/\bstate=INSTALLED\b/.test(listSas)) return { up: true, statusMessage: "IPSEC IS UP" };
  // AWS reports just this of a tunnel whose IKE session is up and whose IPsec session is down.
  const established = /\bstate=ESTABLISHED\b/.test(listSas);
  return { up: false, statusMessage: established ? "IPSEC IS DOWN, IKE IS UP" : "IPSEC IS DOWN" };
}

export async function readTunnel(n: number): Promise<TunnelState> {
  if (!endpointRuns(n)) return tunnelState("");
  // An endpoint that is killed during the query counts as down.
  return tunnelState(await swanctl(n, ["--list-sas", "--raw"]).catch(() => ""));
}

/**
 * Returns the endpoint to send through: the current one while its tunnel is up, otherwise the first whose tunnel is up.
 * Pure.
 */
export function choose(current: number | undefined, up: readonly number[]): number | undefined {
  return current !== undefined && up.includes(current) ? current : up[0];
}
