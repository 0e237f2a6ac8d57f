import { z } from "zod";
import { crossZoneText } from "../../limits/load-balancing.ts";
import { cidr, formerly, hostPort, name, port, wording } from "./values.ts";

const anyLoadBalancer = z.strictObject({
  scheme: z
    .enum(["internal", "internet-facing"])
    .default("internal")
    .describe("`internet-facing` needs network.publicSubnets."),
  service: name.describe("The service behind it, by its key in `services`."),
  hostPort: hostPort.optional().describe("One of the service's TCP host ports. Default: its only one."),
  listenerPort: port.default(80).describe("Port that clients connect to."),
  allowFrom: z.array(cidr).default([]).describe("Ranges that may connect, besides the VPC and the site."),
  healthCheck: z
    .strictObject({
      path: z
        .string()
        .startsWith("/", wording("must be a path on the node's server", "write a / in front"))
        .optional()
        .describe("HTTP path. Default: `/`, or a TCP connection for a network load balancer."),
      intervalSeconds: z.int().min(5).max(300).default(10).describe("Time between two checks of a node."),
      healthyThreshold: z
        .int()
        .min(2)
        .max(10)
        .default(2)
        .describe("Successes in a row until a node gets traffic."),
      unhealthyThreshold: z
        .int()
        .min(2)
        .max(10)
        .default(2)
        .describe("Failures in a row until a node gets no more traffic."),
    })
    .prefault({})
    .describe("How the load balancer checks which nodes answer."),
  formerly: formerly("a new load balancer with another ARN and DNS name takes the place of the old one"),
});

/** A load balancer in the VPC in front of a service on the nodes. */
export const loadBalancer = z.discriminatedUnion("type", [
  anyLoadBalancer.extend({
    type: z.literal("network").describe("`network` forwards TCP."),
    crossZone: z.boolean().default(true).describe("Every zone's address reaches every node."),
  }),
  anyLoadBalancer.extend({
    type: z.literal("application").describe("`application` understands HTTP and needs two zones."),
    crossZone: z
      .literal(true, wording(crossZoneText.rule, crossZoneText.remedy))
      .default(true)
      .describe("Always on: without it, the load balancer cannot reach addresses outside the VPC."),
  }),
]);
