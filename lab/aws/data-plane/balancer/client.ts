/** Talks to the load balancers' process, which runs in the VPC's namespace. */
import { join } from "node:path";
import { z } from "zod";
import type { DesiredLoadBalancer, ObservedTarget } from "../contract.ts";
import { vpcProcess } from "../vpc-process.ts";

const process = vpcProcess("load-balancers", join(import.meta.dirname, "main.ts"));

const observed = z.array(
  z.strictObject({
    targetGroupArn: z.string(),
    id: z.string(),
    port: z.number(),
    state: z.enum(["initial", "healthy", "unhealthy"]),
    reason: z.string().optional(),
  }),
);

/** Replaces all load balancers by these. */
export const configureBalancer = (balancers: readonly DesiredLoadBalancer[]): Promise<void> =>
  process.configure(balancers, balancers.length === 0);

/** Returns the health of all targets; empty while there is no load balancer. */
export async function targetHealth(): Promise<readonly ObservedTarget[]> {
  const targets = observed.parse(JSON.parse((await process.observe()) ?? "[]"));
  return targets.map(({ reason, ...target }) => ({ ...target, ...(reason === undefined ? {} : { reason }) }));
}
