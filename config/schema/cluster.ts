import { z } from "zod";
import { keyArnProblems } from "../../limits/arn.ts";
import { clusterNamePattern } from "../../limits/cluster.ts";
import { logGroupPattern } from "../../limits/observability.ts";
import { retentionDays, validatedBy, wording } from "./values.ts";

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

const keyArn = z.string().superRefine(validatedBy(keyArnProblems)).optional();

/** A cluster that somebody else owns. */
const existing = z.strictObject({
  name: z
    .string()
    .regex(
      clusterNamePattern,
      wording("must be the name of a cluster, not its ARN", "run `aws ecs list-clusters`, which lists them"),
    )
    .describe("The cluster's name in ECS."),
  exec: z
    .strictObject({
      keyArn: keyArn.describe("ARN of the key that encrypts its sessions. Default: it has none."),
      logGroup: z
        .string()
        .regex(logGroupPattern, wording("must be the name of a log group, not its ARN", "write its name"))
        .optional()
        .describe(
          "Name of the log group that has its sessions. Default: they are logged with the containers' own output.",
        ),
    })
    .prefault({})
    .describe(
      "The cluster's own configuration of ECS Exec, which `aws ecs describe-clusters --clusters NAME --include CONFIGURATIONS` shows. The services' roles must allow it.",
    ),
});

/** The ECS cluster and its nodes' agents. */
export const cluster = z.strictObject({
  existing: existing
    .optional()
    .describe(
      "A cluster that exists already, also that of another stack: its nodes and services stay apart from this stack's, nothing in it is changed, and a destroy leaves it. Service names are unique in a cluster. Default: a cluster of the stack's own.",
    ),
  keyArn: keyArn.describe(
    "ARN of a KMS key of your own that encrypts the services' logs, and in a cluster of the stack's own ECS Exec sessions and the data of Container Insights, in place of the stack's own key, which costs $1 a month. It is never changed or deleted, so its policy must let CloudWatch Logs use it: [how](tutorial.md#a-key-of-your-own). Logs that another key encrypted stay readable as long as that key exists.",
  ),
  containerInsights: z
    .enum(["enhanced", "enabled", "disabled"])
    .optional()
    .describe(
      "CloudWatch Container Insights. `enhanced` and `enabled` cost by the metric. Default: `enabled`; an existing cluster has its own setting.",
    ),
  logRetentionDays: retentionDays.describe(
    "Days that the logs of services are kept, and in a cluster of the stack's own those of ECS Exec sessions and Container Insights.",
  ),
  installer: installer.prefault({}).describe("AWS's ECS Anywhere installer."),
});
