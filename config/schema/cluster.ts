import { z } from "zod";
import { retentionDays } from "./values.ts";

/** How the official installer is trusted before it runs. */
export const installer = z.strictObject({
  url: z
    .url("must be an address; write it as https://… or file:///…")
    .default("https://amazon-ecs-agent.s3.amazonaws.com/ecs-anywhere-install-latest.sh")
    .describe("Where the installer comes from; its signature is at the same address with `.asc`."),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits; use `sha256sum ecs-anywhere-install-latest.sh`")
    .optional()
    .describe("Pin the installer by its SHA-256. Left out: it must be signed by AWS's key."),
  packagesSha256: z
    .array(
      z
        .string()
        .regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits; use `sha256sum amazon-ssm-agent.deb`"),
    )
    .default([])
    .describe(
      "With site.internet `never`: pin the SSM agent's and the ECS agent's packages by their SHA-256 sums, for every architecture. Left out: they must be signed by AWS's keys.",
    ),
});

/** The ECS cluster and its nodes' agents. */
export const cluster = z.strictObject({
  containerInsights: z
    .enum(["enhanced", "enabled", "disabled"])
    .default("enabled")
    .describe("CloudWatch Container Insights; `enhanced` and `enabled` cost by the metric."),
  logRetentionDays: retentionDays.describe("How long ECS Exec sessions and services' logs are kept."),
  installer: installer.prefault({}).describe("AWS's ECS Anywhere installer."),
});
