import { inHost } from "../../world/host.ts";
import { until } from "../../world/run.ts";
import type { HostSpec } from "../../world/topology.ts";
import { ec2Client } from "../../world/vpc.ts";

/** Waits for the node's route to the VPC: through the gateway; the gateway's own is a tunnel. */
export async function routeToVpc({ name, roles }: HostSpec): Promise<void> {
  const route = roles.includes("gateway") ? /dev (ipsec0|tunnel[12]) / : /via 192\.168\.1\.196 /;
  const hop = async () => {
    const answer = await inHost(name, ["ip", "route", "get", ec2Client]).catch(String);
    return route.test(answer) ? answer : undefined;
  };
  await until(hop, () => new Error(`${name}: no route to ${ec2Client} ${route}`), { seconds: 30 });
}
