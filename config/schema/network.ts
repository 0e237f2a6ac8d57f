import { z } from "zod";
import { cidr, retentionDays, zone } from "./values.ts";

/** Network of the VPC. */
export const network = z.strictObject({
  cidr: cidr.default("10.0.0.0/16").describe("The VPC's range, /16 to /24. Must not overlap the site."),
  secondaryCidrs: z
    .array(cidr)
    .default([])
    .describe(
      "More ranges of the VPC, /16 to /28, which the site reaches as well. The program makes no subnets in them. AWS takes a private range beside another one only of the same private block, or of 100.64.0.0/10.",
    ),
  zones: z
    .array(zone)
    .min(1)
    .max(6)
    .default(["us-east-1a", "us-east-1b"])
    .describe("Availability zones. Each gets a private subnet, and a public one with publicSubnets."),
  publicSubnets: z
    .boolean()
    .default(false)
    .describe(
      "Creates public subnets and an internet gateway, which an internet-facing load balancer needs.",
    ),
  natGateways: z
    .enum(["none", "single", "per-zone"])
    .default("none")
    .describe("NAT gateways for the private subnets. Needs publicSubnets; each costs by the hour."),
  flowLogs: z
    .strictObject({ retentionDays: retentionDays.describe("Days that they are kept.") })
    .optional()
    .describe("VPC flow logs in CloudWatch Logs. Default: off."),
});
