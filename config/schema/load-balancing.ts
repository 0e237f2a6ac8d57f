import { z } from "zod";
import {
  bucketProblems,
  certificateProblems,
  crossZoneText,
  logPrefixProblems,
  recommendedPolicy,
  securityPolicyProblems,
  webAclProblems,
} from "../../limits/load-balancing.ts";
import { cidr, formerly, hostPort, name, port, validatedBy, wording } from "./values.ts";

const tls = z.strictObject({
  certificateArn: z
    .string()
    .superRefine(validatedBy(certificateProblems))
    .describe(
      "ARN of a certificate in AWS Certificate Manager, in the stack's Region. Clients connect by a name that it has.",
    ),
  policy: z
    .string()
    .default(recommendedPolicy)
    .superRefine(validatedBy(securityPolicyProblems))
    .describe(
      "[Security policy](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html): the versions and ciphers of TLS. Those with TLS 1.0 and 1.1 are refused.",
    ),
});

const tlsText =
  "Clients connect with TLS (with `application`: HTTPS). It ends at the load balancer: to the node, through the VPN, the traffic is plain. Default: all of it is.";

const redirectWords = wording(
  "must be a port from 1 to 65535, or false for no redirect",
  "write 80, or remove it",
);

const accessLogs = z.strictObject({
  bucket: z
    .string()
    .superRefine(validatedBy(bucketProblems))
    .describe(
      "A bucket that exists in the stack's Region, with the [policy that AWS needs](tutorial.md#access-logs).",
    ),
  prefix: z
    .string()
    .superRefine(validatedBy(logPrefixProblems))
    .optional()
    .describe("Path in the bucket, before the `AWSLogs` of AWS's own."),
});

const anyLoadBalancer = z.strictObject({
  scheme: z
    .enum(["internal", "internet-facing"])
    .default("internal")
    .describe("`internet-facing` needs network.publicSubnets."),
  service: name.describe("The service behind it, by its key in `services`."),
  hostPort: hostPort.optional().describe("One of the service's TCP host ports. Default: its only one."),
  listenerPort: port.optional().describe("Port that clients connect to. Default: 443 with `tls`, else 80."),
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
  accessLogs: accessLogs
    .optional()
    .describe("Every request is logged in S3; with `network` every connection with TLS, so it needs `tls`."),
  deletionProtection: z
    .boolean()
    .default(false)
    .describe(
      "Whatever would delete or replace the load balancer fails in Pulumi's preview, also a `destroy`: first set it to false again, and run `pulumi up`. With `--skip-preview`, AWS keeps the load balancer alone, without its listeners.",
    ),
  formerly: formerly("a new load balancer with another ARN and DNS name takes the place of the old one"),
});

/** A load balancer in the VPC in front of a service on the nodes. */
export const loadBalancer = z.discriminatedUnion("type", [
  anyLoadBalancer.extend({
    type: z.literal("network").describe("`network` forwards TCP."),
    crossZone: z.boolean().default(true).describe("Every zone's address reaches every node."),
    tls: tls.optional().describe(tlsText),
  }),
  anyLoadBalancer.extend({
    type: z.literal("application").describe("`application` understands HTTP and needs two zones."),
    crossZone: z
      .literal(true, wording(crossZoneText.rule, crossZoneText.remedy))
      .default(true)
      .describe("Always on: without it, the load balancer cannot reach addresses outside the VPC."),
    tls: tls
      .extend({
        redirectFrom: z
          .union([port, z.literal(false, redirectWords)])
          .default(80)
          .describe(
            "With `application`: the port whose requests are redirected to HTTPS, by status 301. `false`: no redirect.",
          ),
      })
      .optional()
      .describe(tlsText),
    webAclArn: z
      .string()
      .superRefine(validatedBy(webAclProblems))
      .optional()
      .describe(
        "ARN of a regional web ACL of AWS WAF (v2), in the stack's Region, which filters the requests.",
      ),
  }),
]);
