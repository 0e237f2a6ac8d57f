/** ECS: clusters. API reference: CreateCluster, DeleteCluster. */
import { z } from "zod";
import type { Account, Resource } from "../../account.ts";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { lowerCase, retagged } from "../../requests/tags.ts";

const configuration = z.strictObject({
  executeCommandConfiguration: z
    .strictObject({
      kmsKeyId: z.string().optional(),
      logging: oneOf(["NONE", "DEFAULT", "OVERRIDE"]).default("DEFAULT"),
      logConfiguration: z
        .strictObject({
          cloudWatchEncryptionEnabled: z.boolean().optional(),
          cloudWatchLogGroupName: z.string().optional(),
          s3BucketName: z.string().optional(),
          s3BucketEncryptionEnabled: z.boolean().optional(),
          s3KeyPrefix: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  managedStorageConfiguration: z.record(z.string(), z.string()).optional(),
});

/** Pulumi's names are the API's, but for one. */
function configured(given: z.output<typeof configuration> | undefined) {
  const { executeCommandConfiguration: exec, managedStorageConfiguration } = given ?? {};
  const { s3BucketEncryptionEnabled: s3EncryptionEnabled, ...logs } = exec?.logConfiguration ?? {};
  return (
    given && {
      executeCommandConfiguration: exec && {
        ...exec,
        logConfiguration: exec.logConfiguration && { ...logs, s3EncryptionEnabled },
      },
      managedStorageConfiguration,
    }
  );
}

export const cluster = kind({
  type: "aws:ecs/cluster:Cluster",
  api: ["ECS", "Cluster"],
  operations: { update: "UpdateCluster" },
  autoName: { property: "name", maxLength: 255 },
  inputs: z.strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9_-]{1,255}$/,
        "must be between 1 and 255 characters of letters, numbers, hyphens and underscores",
      ),
    settings: z
      .array(
        z.strictObject({
          name: oneOf(["containerInsights"]),
          value: oneOf(["enhanced", "enabled", "disabled"]),
        }),
      )
      .optional(),
    configuration: configuration.optional(),
    tags,
    region,
  }),
  replaces: ["name", "region"],
  requests: {
    create: {
      CreateCluster: ({ name, settings, configuration, tags }) => ({
        clusterName: name,
        settings,
        configuration: configured(configuration),
        tags: lowerCase(tags),
      }),
    },
    read: {
      DescribeClusters: (_, { id }) => ({ clusters: [id], include: ["TAGS", "CONFIGURATIONS", "SETTINGS"] }),
    },
    update: {
      UpdateCluster: ({ settings, configuration }, { id }) => ({
        cluster: id,
        settings,
        configuration: configured(configuration),
      }),
      ...retagged.ecs,
    },
    delete: { DeleteCluster: (_, { id }) => ({ cluster: id }) },
  },
  create: (aws, given) => {
    checkExec(given.configuration?.executeCommandConfiguration);
    const arn = aws.arn("ecs", `cluster/${given.name}`);
    // CreateCluster with an existing name returns the existing cluster.
    return {
      id: arn,
      outputs: { arn, settings: given.settings ?? [{ name: "containerInsights", value: "disabled" }] },
    };
  },
  update: (_, r, given) => {
    checkExec(given.configuration?.executeCommandConfiguration);
    return { ...r.outputs, ...(given.settings ? { settings: given.settings } : {}) };
  },
  delete: (aws, { id }) => {
    const { services, instances, tasks } = aws.runtime.ecs;
    if (Object.values(services).some((s) => s.clusterArn === id && s.status === "ACTIVE"))
      throw new AwsError(
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
        reported("coldbrewcloud/coldbrew-cli#35"),
      );
    if (Object.values(instances).some((i) => i.clusterArn === id && i.status !== "INACTIVE"))
      throw new AwsError(
        "ClusterContainsContainerInstancesException",
        "The Cluster cannot be deleted while Container Instances are active or draining.",
        reported("gruntwork-io/cloud-nuke#1131"),
      );
    if (Object.values(tasks).some((t) => t.clusterArn === id && t.lastStatus !== "STOPPED"))
      throw new AwsError(
        "ClusterContainsTasksException",
        "The Cluster cannot be deleted while Tasks are active.",
        reported("gruntwork-io/cloud-nuke#368"),
      );
    for (const arn of Object.keys(tasks)) if (tasks[arn]?.clusterArn === id) delete tasks[arn];
    for (const arn of Object.keys(services)) if (services[arn]?.clusterArn === id) delete services[arn];
    for (const arn of Object.keys(instances)) if (instances[arn]?.clusterArn === id) delete instances[arn];
  },
});

function checkExec(exec: { logging: string; logConfiguration?: unknown } | undefined): void {
  const isOverride = exec?.logging === "OVERRIDE";
  const isConfigured = exec?.logConfiguration !== undefined;
  if (isOverride && !isConfigured)
    throw new AwsError(
      "InvalidParameterException",
      "LogConfiguration must be specified when logging is OVERRIDE.",
      documented("Amazon ECS API, ExecuteCommandConfiguration: logging"),
    );
  if (isConfigured && !isOverride)
    throw new AwsError(
      "InvalidParameterException",
      "LogConfiguration can only be specified when logging is OVERRIDE.",
      documented("Amazon ECS API, ExecuteCommandConfiguration: logging"),
    );
}

/** Finds a cluster by its name or ARN. */
export function findCluster(aws: Account, ref: string | undefined): Resource {
  const arn = ref?.startsWith("arn:") ? ref : aws.arn("ecs", `cluster/${ref ?? "default"}`);
  const found = aws.resource(cluster.type, arn);
  if (!found)
    throw new AwsError(
      "ClusterNotFoundException",
      "Cluster not found.",
      documented("Amazon ECS API, CreateService, errors: ClusterNotFoundException"),
    );
  return found;
}
