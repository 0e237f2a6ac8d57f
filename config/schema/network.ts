import { z } from "zod";
import { cidr, retentionDays, zone } from "./values.ts";

/** Network of the VPC. */
export const network = z.strictObject({
  cidr: cidr.default("10.0.0.0/16").describe("The VPC's range, /16 to /24. Must not overlap the site."),
  zones: z
    .array(zone)
    .min(1)
    .max(6)
    .default(["us-east-1a", "us-east-1b"])
    .describe("Availability zones; each gets one private subnet (and one public one, if asked)."),
  publicSubnets: z
    .boolean()
    .default(false)
    .describe("Public subnets and an internet gateway; needed by an internet-facing load balancer."),
  natGateways: z
    .enum(["none", "single", "per-zone"])
    .default("none")
    .describe("NAT gateways for the private subnets. Each costs by the hour; needs publicSubnets."),
  flowLogs: z
    .strictObject({ retentionDays: retentionDays.describe("How long they are kept.") })
    .optional()
    .describe("VPC flow logs to CloudWatch Logs. Off unless given."),
});
