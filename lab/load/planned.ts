/** What is planned, and must not be noticed: keys renewed by IKE, and another pre-shared key by `pulumi up`. */
import { randomBytes } from "node:crypto";
import { cloud } from "../cloud.ts";
import { carryOut } from "../operations.ts";
import { labConfig, readSettings } from "../settings.ts";
import { swanctl } from "../world/vpn-endpoint.ts";
import { connectionsOf, type TunnelNumber, tunnels } from "./faults.ts";

/** Both tunnels, the CHILD_SA and the IKE_SA of each, as AWS does when a lifetime ends. */
export async function rekey(): Promise<void> {
  for (const n of tunnels)
    for (const name of await connectionsOf(n)) {
      await swanctl(n, ["--rekey", "--child", name]);
      await swanctl(n, ["--rekey", "--ike", name]);
      await new Promise((wake) => setTimeout(wake, 500));
    }
}

/** One tunnel gets another key, the other one keeps its own; both ends by one `pulumi up`. */
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
