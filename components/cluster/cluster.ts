import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Cluster as EcsCluster } from "@pulumi/aws/ecs/cluster.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { Key } from "@pulumi/aws/kms/key.js";
import { Activation } from "@pulumi/aws/ssm/activation.js";
import * as pulumi from "@pulumi/pulumi";
import { clusterNameProblems } from "../../limits/cluster.ts";
import { systemsManagerBuckets } from "../../limits/private-connectivity/buckets-of-aws.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { formerNames } from "../../records.ts";
import { assumeRolePolicy, policyDocument } from "../shared/iam.ts";
import { type Location, providerLocation } from "../shared/location.ts";
import { clusterLogGroup, insightsLogGroup, logRetention } from "../shared/logs.ts";
import { stackPrefix, tags } from "../shared/tags.ts";

/** Arguments of a {@link Cluster}. */
export interface ClusterArgs {
  /** The cluster's name in ECS. Default: `<project>-<stack>`. */
  readonly clusterName?: string | undefined;
  /** Container Insights: metrics of tasks and services. `enhanced` and `enabled` cost by the metric. */
  readonly containerInsights: pulumi.Input<"enhanced" | "enabled" | "disabled">;
  /** Days that the logs of ECS Exec sessions and the data of Container Insights are kept. */
  readonly logRetentionDays: pulumi.Input<number>;
  /** Whether nodes reach S3 by an interface endpoint: Systems Manager's buckets are then in the nodes' role. Default: no. */
  readonly s3Endpoint?: boolean | undefined;
  /** The hosts that will join, by name. */
  readonly nodes: Readonly<
    Record<
      string,
      {
        /** The number of reinstallations. Each change creates a new activation. */
        readonly reinstalled: number;
        /** The node's name before a rename. */
        readonly formerly?: string | undefined;
      }
    >
  >;
}

/** The credentials of a host for its registration. Valid for one registration, within 24 hours. */
export interface NodeActivation {
  readonly activationId: pulumi.Output<string>;
  /** Secret. */
  readonly activationCode: pulumi.Output<string>;
}

/** The tag that nodes carry as managed instances of Systems Manager; its value is the cluster's name. */
export const clusterTag = "hybrid:cluster";

/**
 * An ECS cluster for hosts outside AWS: Container Insights, ECS Exec with encrypted and logged sessions, the nodes' role in
 * Systems Manager, and an activation for each node.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html,
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-activation-managed-nodes.html
 */
export class Cluster extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>;
  readonly clusterArn: pulumi.Output<string>;
  /** Name of the nodes' role. */
  readonly nodeRoleName: pulumi.Output<string>;
  /** Encrypts ECS Exec sessions and all log groups of the cluster. */
  readonly keyArn: pulumi.Output<string>;
  /** Log group of ECS Exec sessions. */
  readonly execLogGroupArn: pulumi.Output<string>;
  readonly execLogGroupName: pulumi.Output<string>;
  /** By the node's name. */
  readonly activations: Readonly<Record<string, NodeActivation>>;

  /** @throws RunError when CloudWatch Logs does not take the retention */
  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:cluster:Cluster", name, {}, opts);
    const retentionInDays = logRetention(`${name}.logRetentionDays`, args.logRetentionDays);
    const clusterName = args.clusterName ?? stackPrefix();
    throwIfAny(clusterNameProblems(`${name}.clusterName`, clusterName));
    const child = { parent: this };
    const location = providerLocation(this);
    const key = new Key(
      `${name}-key`,
      {
        description: `ECS Exec sessions and logs of ${clusterName}`,
        enableKeyRotation: true,
        policy: keyPolicy(clusterName, location),
        tags: tags(`${name}-key`),
      },
      child,
    );
    const sessions = new LogGroup(
      `${name}-exec`,
      {
        name: clusterLogGroup(clusterName, "exec"),
        kmsKeyId: key.arn,
        retentionInDays,
        tags: tags(`${name}-exec`),
      },
      child,
    );
    // Also while Container Insights is off: AWS creates the group with the first metrics, and then a stack cannot.
    const insights = new LogGroup(
      `${name}-insights`,
      {
        name: insightsLogGroup(clusterName),
        kmsKeyId: key.arn,
        retentionInDays,
        tags: tags(`${name}-insights`),
      },
      child,
    );
    const cluster = new EcsCluster(
      `${name}-cluster`,
      {
        name: clusterName,
        settings: [{ name: "containerInsights", value: args.containerInsights }],
        configuration: {
          executeCommandConfiguration: {
            kmsKeyId: key.arn,
            logging: "OVERRIDE",
            logConfiguration: { cloudWatchEncryptionEnabled: true, cloudWatchLogGroupName: sessions.name },
          },
        },
        tags: tags(`${name}-cluster`),
      },
      { ...child, dependsOn: insights },
    );
    const { role, grants } = this.#nodeRole(name, clusterName, location, args.s3Endpoint);
    this.activations = Object.fromEntries(
      Object.entries(args.nodes).map(([node, { reinstalled, formerly }]) => {
        const activation = new Activation(
          `${name}-${node}-${reinstalled}`,
          {
            name: node,
            // The expiration date is AWS's default, since a date here would change.
            // Systems Manager takes 256 characters.
            description: `${clusterName} ${node}, installation ${reinstalled}`.slice(0, 256),
            iamRole: role.name,
            registrationLimit: 1,
            tags: { ...tags(node), [clusterTag]: clusterName },
          },
          {
            ...child,
            aliases: formerNames({ formerly }, `${name}-`, `-${reinstalled}`),
            additionalSecretOutputs: ["activationCode"],
            dependsOn: grants,
            // A change of any of them replaces it, and a renamed node has no use for another one.
            ignoreChanges: ["name", "description", "tags"],
          },
        );
        const { id: activationId, activationCode } = activation;
        return [node, { activationId, activationCode: pulumi.secret(activationCode) }];
      }),
    );
    this.clusterName = cluster.name;
    this.clusterArn = cluster.arn;
    this.nodeRoleName = role.name;
    this.keyArn = key.arn;
    this.execLogGroupArn = sessions.arn;
    this.execLogGroupName = sessions.name;
    this.registerOutputs({
      clusterName: this.clusterName,
      clusterArn: this.clusterArn,
      nodeRoleName: this.nodeRoleName,
      keyArn: this.keyArn,
      execLogGroupArn: this.execLogGroupArn,
      execLogGroupName: this.execLogGroupName,
    });
  }

  /** Sources: ECS developer guide, ecs-anywhere-iam-role; Systems Manager user guide, hybrid-multicloud-service-role. */
  #nodeRole(name: string, clusterName: string, location: Location, s3Endpoint = false) {
    const { partition, region, accountId } = location;
    const child = { parent: this };
    const role = new Role(
      `${name}-node`,
      {
        assumeRolePolicy: assumeRolePolicy("ssm.amazonaws.com", "ssm", location),
        tags: tags(`${name}-node`),
      },
      child,
    );
    const managed = {
      ssm: "AmazonSSMManagedInstanceCore",
      ecs: "service-role/AmazonEC2ContainerServiceforEC2Role",
    };
    const grants: pulumi.Resource[] = Object.entries(managed).map(
      ([suffix, policy]) =>
        new RolePolicyAttachment(
          `${name}-node-${suffix}`,
          { role: role.name, policyArn: pulumi.interpolate`arn:${partition}:iam::aws:policy/${policy}` },
          child,
        ),
    );
    // A node that leaves signs itself off, and a reinstalled host its former node; only in its own cluster.
    const leave = new RolePolicy(
      `${name}-node-leave`,
      {
        role: role.name,
        policy: policyDocument([
          {
            Action: "ssm:DeregisterManagedInstance",
            Resource: pulumi.interpolate`arn:${partition}:ssm:${region}:${accountId}:managed-instance/*`,
            Condition: { StringEquals: { [`ssm:resourceTag/${clusterTag}`]: clusterName } },
          },
          {
            Action: "ecs:ListContainerInstances",
            Resource: pulumi.interpolate`arn:${partition}:ecs:${region}:${accountId}:cluster/${clusterName}`,
          },
          {
            Action: "ecs:DescribeContainerInstances",
            Resource: pulumi.interpolate`arn:${partition}:ecs:${region}:${accountId}:container-instance/${clusterName}/*`,
          },
        ]),
      },
      child,
    );
    return { role, grants: [...grants, leave, ...(s3Endpoint ? [this.#buckets(name, role, location)] : [])] };
  }

  /** The agent signs its requests when it patches or distributes, and its role must then allow what AWS's buckets allow anybody. */
  #buckets(name: string, role: Role, { partition, region }: Location) {
    return new RolePolicy(
      `${name}-node-buckets`,
      {
        role: role.name,
        policy: pulumi.all([partition, region]).apply(([partition, region]) =>
          policyDocument([
            {
              Action: "s3:GetObject",
              Resource: systemsManagerBuckets(region).map((bucket) => `arn:${partition}:s3:::${bucket}/*`),
            },
          ]),
        ),
      },
      { parent: this },
    );
  }
}

/**
 * Lets the account's own administrators use the key, by IAM, and CloudWatch Logs for the log groups of the cluster.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function keyPolicy(
  clusterName: string,
  { partition, region, accountId, dnsSuffix }: Location,
): pulumi.Output<string> {
  const groups = [clusterLogGroup(clusterName, "*"), insightsLogGroup(clusterName)].map(
    (group) => pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:${group}`,
  );
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Effect: "Allow",
        Principal: { Service: pulumi.interpolate`logs.${region}.${dnsSuffix}` },
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        Resource: "*",
        Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": groups } },
      },
    ],
  });
}
