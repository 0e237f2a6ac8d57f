import { z } from "zod";
import { presharedKeyPattern, presharedKeyRule } from "../../limits/connectivity.ts";
import { cidr, retentionDays } from "./values.ts";

const presharedKey = z
  .string()
  .regex(presharedKeyPattern, `${presharedKeyRule}; choose another key`)
  .meta({ secret: true });

/** The Site-to-Site VPN. */
export const vpn = z.strictObject({
  format: z
    .enum(["ipsec.conf", "swanctl.conf"])
    .default("ipsec.conf")
    .describe("Which of strongSwan's two configuration formats the gateway gets."),
  dataPath: z
    .enum(["kernel", "userspace"])
    .default("kernel")
    .describe(
      "Who encrypts: the kernel (needs ESP), or charon itself (kernel-libipsec) where the kernel has no ESP.",
    ),
  presharedKeys: z
    .strictObject({
      tunnel1: presharedKey.describe("The first tunnel's key (secret)."),
      tunnel2: presharedKey.describe("The second tunnel's key (secret)."),
    })
    .optional()
    .meta({ secret: true })
    .describe("Own pre-shared keys (secret). Left out: AWS makes them."),
  insideCidrs: z
    .strictObject({
      tunnel1: cidr.default("169.254.10.0/30").describe("The first tunnel's range."),
      tunnel2: cidr.default("169.254.11.0/30").describe("The second tunnel's range."),
    })
    .prefault({})
    .describe("The /30 of 169.254.0.0/16 inside each tunnel."),
  logRetentionDays: retentionDays.describe("How long the tunnels' logs are kept."),
  alarmTopicArn: z
    .string()
    .startsWith("arn:", "must be the ARN of a topic; write it as arn:aws:sns:us-east-1:123456789012:alarms")
    .optional()
    .describe("SNS topic told when a tunnel is down."),
});
