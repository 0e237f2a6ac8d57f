/** Planned events that must not be noticed: IKE renews keys, and `pulumi up` changes a pre-shared key. */
import { randomBytes } from "node:crypto";
import { cloud } from "../cloud.ts";
import { gatewayHost } from "../hosts.ts";
import { carryOut } from "../operations.ts";
import { labConfig, readSettings } from "../settings.ts";
import { inHost } from "../world/host.ts";
import { swanctl } from "../world/vpn-endpoint.ts";
import { connectionsOf, type TunnelNumber, tunnels } from "./faults.ts";
import { renewed, type Sa, sas } from "./renewed.ts";

/** The ends that can begin to renew keys: the one whose lifetime ends first does so. */
export const beginners = ["AWS", "the gateway"] as const;
export type Beginner = (typeof beginners)[number];

async function begin(beginner: Beginner, n: TunnelNumber, sa: Sa): Promise<void> {
  if (beginner === "AWS")
    for (const name of await connectionsOf(n)) await swanctl(n, ["--rekey", `--${sa}`, name]);
  // The lab's gateway has `ipsec.conf`, whose daemon takes this command on either data path.
  else {
    const name = sa === "child" ? `tunnel${n}{*}` : `tunnel${n}[*]`;
    await inHost(gatewayHost().name, ["ipsec", "stroke", "rekey", name]);
  }
}

/** Renews the CHILD_SA and the IKE_SA of both tunnels; ends when all four have new keys. */
export async function rekey(beginner: Beginner): Promise<void> {
  for (const n of tunnels)
    for (const sa of sas)
      await renewed(
        () => swanctl(n, ["--list-sas", "--raw"]),
        sa,
        () => begin(beginner, n, sa),
        `tunnel${n}, renewed by ${beginner}`,
      );
}

/** Gives one tunnel another key, at both ends in one `pulumi up`; the other tunnel keeps its own. */
export async function rotateKey(n: TunnelNumber): Promise<void> {
  const [vpn] = (await cloud.network()).vpnConnections;
  const [first = "", second = ""] = vpn?.tunnels.map(({ presharedKey }) => presharedKey) ?? [];
  const other = `k${randomBytes(16).toString("hex")}`;
  const presharedKeys = n === 1 ? { tunnel1: other, tunnel2: second } : { tunnel1: first, tunnel2: other };
  const config = await labConfig(readSettings());
  await carryOut({
    operation: "up",
    stack: "lab",
    config: { ...config, vpn: { ...config.vpn, presharedKeys } },
  });
  // AWS keeps its keys when the configuration names none.
  await carryOut({ operation: "up", stack: "lab", config });
}
