import { z } from "zod";
import { retentionDays, wording } from "./values.ts";

function sha256(file: string) {
  return z
    .string()
    .regex(
      /^[0-9a-f]{64}$/,
      wording("must be 64 hexadecimal digits", `run \`sha256sum ${file}\`, which prints them`),
    );
}

/** AWS's installer, and how it is verified before it runs. */
export const installer = z.strictObject({
  url: z
    .url(wording("must be an address", "write it as https://… or file:///…"))
    .default("https://amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh")
    .describe("The installer's address. Its signature is at the same address with `.asc`."),
  sha256: sha256("ecs-anywhere-install-latest.sh")
    .optional()
    .describe("Pins the installer by its SHA-256. Default: the signature of AWS's key is required."),
  packagesSha256: z
    .array(sha256("amazon-ssm-agent.deb"))
    .default([])
    .describe(
      "With site.internet `never`: pins the packages of the SSM agent and the ECS agent by their SHA-256 sums, for every architecture. Default: the signatures of AWS's keys are required.",
    ),
});

/** The ECS cluster and its nodes' agents. */
export const cluster = z.strictObject({
  containerInsights: z
    .enum(["enhanced", "enabled", "disabled"])
    .default("enabled")
    .describe("CloudWatch Container Insights. `enhanced` and `enabled` cost by the metric."),
  logRetentionDays: retentionDays.describe(
    "Days that the logs of ECS Exec sessions, services and Container Insights are kept.",
  ),
  installer: installer.prefault({}).describe("AWS's ECS Anywhere installer."),
});
