/** Watches the tunnels, and chooses the one that the VPC sends through, as a virtual private gateway does. */
import { endpointRuns, swanctl } from "../../world/vpn-endpoint.ts";

export interface TunnelState {
  /** The CHILD_SA is installed: traffic can flow. */
  readonly up: boolean;
  readonly statusMessage: string;
}

/** Reads the raw output of `swanctl --list-sas --raw`: one line a connection. Pure. */
export function tunnelState(listSas: string): TunnelState {
  if (/\bstate=INSTALLED\b/.test(listSas)) return { up: true, statusMessage: "IPSEC IS UP" };
  // AWS says as much, and no more, of a tunnel whose IKE session stands while its IPsec session does not.
  const established = /\bstate=ESTABLISHED\b/.test(listSas);
  return { up: false, statusMessage: established ? "IPSEC IS DOWN, IKE IS UP" : "IPSEC IS DOWN" };
}

export async function readTunnel(n: number): Promise<TunnelState> {
  if (!endpointRuns(n)) return tunnelState("");
  // An endpoint that is killed in the middle of the question is down.
  return tunnelState(await swanctl(n, ["--list-sas", "--raw"]).catch(() => ""));
}

/** The endpoint to send through: the same as long as its tunnel is up, else the first whose tunnel is. Pure. */
export function choose(current: number | undefined, up: readonly number[]): number | undefined {
  return current !== undefined && up.includes(current) ? current : up[0];
}
