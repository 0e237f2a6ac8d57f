import { z } from "zod";
import type { RemedyText } from "../../limits/problem.ts";
import { cidr, idOf, retentionDays, wording, zone } from "./values.ts";

const ranges = {
  cidr: cidr.default("10.0.0.0/16").describe("The VPC's range, /16 to /24. Must not overlap the site."),
  secondaryCidrs: z
    .array(cidr)
    .default([])
    .describe(
      "More ranges of the VPC, /16 to /28, which the site reaches as well. The program makes no subnets in them. AWS takes a private range beside another one only of the same private block, or of 100.64.0.0/10, and at most 5 ranges in all unless it raises that quota.",
    ),
};

/** A VPC that the stack creates. */
const created = z.strictObject({
  ...ranges,
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
  existing: z.never().optional(),
});

/** A field of a created VPC, which has no meaning for an existing one. */
const besideExisting = (why: string, remedy: RemedyText) =>
  z.never(wording(`must not be given beside existing: ${why}`, remedy)).optional();

const subnets = z.record(zone, idOf("subnet"));

/** A VPC that somebody else owns: the stack puts its own resources in, and changes nothing else of it. */
const existing = z
  .strictObject({
    ...ranges,
    cidr: cidr.describe("The VPC's own range. Must not overlap the site."),
    secondaryCidrs: ranges.secondaryCidrs.describe(
      "All further IPv4 ranges of the VPC. The site reaches them as well, and must not overlap them.",
    ),
    existing: z
      .strictObject({
        vpcId: idOf("vpc").describe("The VPC."),
        privateSubnetIds: subnets
          .refine(
            (ids) => Object.keys(ids).length > 0,
            wording("must have one subnet or more", "add one, as us-east-1a: subnet-0123456789abcdef0"),
          )
          .describe("A subnet in each zone, by zone: for load balancers, endpoints and resolvers."),
        publicSubnetIds: subnets
          .optional()
          .describe(
            "A subnet with a route to an internet gateway in each zone, by zone: for internet-facing load balancers.",
          ),
        routeTableIds: z
          .record(z.string(), idOf("rtb"))
          .describe(
            "The route tables that get a route to the site, by a name of your choice: those of the subnets.",
          ),
        s3EndpointId: idOf("vpce")
          .optional()
          .describe("The VPC's gateway endpoint for S3, which the endpoint s3 of privateEndpoints needs."),
      })
      .describe("A VPC that is already there. The stack uses it, and never owns, tags or deletes it."),
    zones: besideExisting("the zones are those of existing.privateSubnetIds", "remove it"),
    publicSubnets: besideExisting(
      "the VPC has subnets already",
      "remove it, and name the public ones in existing.publicSubnetIds",
    ),
    natGateways: besideExisting("the VPC's owner decides about its ways to the internet", "remove it"),
    flowLogs: besideExisting("the VPC's owner decides about its flow logs", "remove it"),
  })
  .transform((network) => ({ ...network, zones: Object.keys(network.existing.privateSubnetIds) }));

/** The VPC: one that the stack creates, or one that is there already. */
export const network = z.union([created, existing]).meta({ presenceOf: "existing" });
