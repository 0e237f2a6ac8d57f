import { z } from "zod";
import { cidr, hostPort, name, port } from "./values.ts";

const anyLoadBalancer = z.strictObject({
  scheme: z
    .enum(["internal", "internet-facing"])
    .default("internal")
    .describe("`internet-facing` needs network.publicSubnets."),
  service: name.describe("The service behind it, by its key in `services`."),
  hostPort: hostPort.optional().describe("Which of the service's TCP host ports. Left out: its only one."),
  listenerPort: port.default(80).describe("Port that clients connect to."),
  allowFrom: z.array(cidr).default([]).describe("Who may connect, besides the VPC and the site."),
  healthCheck: z
    .strictObject({
      path: z
        .string()
        .startsWith("/", "must be a path on the node's server; begin it with /")
        .optional()
        .describe("HTTP path. Left out: `/`, or for a network load balancer a TCP connection."),
      intervalSeconds: z.int().min(5).max(300).default(10).describe("Time between two checks of a node."),
      healthyThreshold: z
        .int()
        .min(2)
        .max(10)
        .default(2)
        .describe("Successes in a row until a node is used."),
      unhealthyThreshold: z
        .int()
        .min(2)
        .max(10)
        .default(2)
        .describe("Failures in a row until it no longer is."),
    })
    .prefault({})
    .describe("How the load balancer finds out which nodes answer."),
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
      .literal(
        true,
        "must be true: an application load balancer without cross-zone balancing cannot reach addresses outside the VPC; leave crossZone on, or choose type: network",
      )
      .default(true)
      .describe("Always on: without it, no address outside the VPC can be reached."),
  }),
]);
