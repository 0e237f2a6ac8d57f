import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Cluster as EcsCluster } from "@pulumi/aws/ecs/cluster.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { Key } from "@pulumi/aws/kms/key.js";
import { Activation } from "@pulumi/aws/ssm/activation.js";
import * as pulumi from "@pulumi/pulumi";
import { assumeRolePolicy, policyDocument } from "../shared/iam.ts";
import { type Location, providerLocation } from "../shared/location.ts";
import { logRetention } from "../shared/logs.ts";
import { stackPrefix, tags } from "../shared/tags.ts";

/** Arguments of a {@link Cluster}. */
export interface ClusterArgs {
  /** The cluster's name in ECS. Default `<project>-<stack>`. */
  readonly clusterName?: string | undefined;
  /** Container Insights: metrics of tasks and services; all but `disabled` cost by the metric. */
  readonly containerInsights: pulumi.Input<"enhanced" | "enabled" | "disabled">;
  /** Days that the logs of ECS Exec sessions are kept. */
  readonly logRetentionDays: pulumi.Input<number>;
  /** The machines that are to join, by name. */
  readonly nodes: Readonly<
    Record<
      string,
      {
        /** How often its system was installed anew; each change asks for a new activation. */
        readonly reinstalled: number;
      }
    >
  >;
}

/** What a machine registers with. Good for one registration, within 24 hours. */
export interface NodeActivation {
  readonly activationId: pulumi.Output<string>;
  /** Secret. */
  readonly activationCode: pulumi.Output<string>;
}

/** The tag that nodes carry as managed instances of Systems Manager; its value is the cluster's name. */
export const clusterTag = "hybrid:cluster";

/**
 * An ECS cluster for machines outside AWS: Container Insights, ECS Exec with sessions that are encrypted and logged,
 * the role that nodes have by Systems Manager, and an activation for each node.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html,
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-activation-managed-nodes.html
 */
export class Cluster extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>;
  readonly clusterArn: pulumi.Output<string>;
  /** Name of the role that nodes have. */
  readonly nodeRoleName: pulumi.Output<string>;
  /** Encrypts sessions of ECS Exec, and all log groups of the cluster. */
  readonly keyArn: pulumi.Output<string>;
  /** Log group of ECS Exec sessions. */
  readonly execLogGroupArn: pulumi.Output<string>;
  /** By the node's name. */
  readonly activations: Readonly<Record<string, NodeActivation>>;

  /** @throws RunError when CloudWatch Logs does not take the retention */
  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:cluster:Cluster", name, {}, opts);
    const retentionInDays = logRetention(`${name}.logRetentionDays`, args.logRetentionDays);
    const clusterName = args.clusterName ?? stackPrefix();
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
        name: `${logGroupPrefix(clusterName)}exec`,
        kmsKeyId: key.arn,
        retentionInDays,
        tags: tags(`${name}-exec`),
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
      child,
    );
    const { role, grants } = this.#nodeRole(name, clusterName, location);
    this.activations = Object.fromEntries(
      Object.entries(args.nodes).map(([node, { reinstalled }]) => {
        const activation = new Activation(
          `${name}-${node}`,
          {
            name: node,
            // Every argument replaces; without an expiration date of ours none of them moves by itself.
            description: `${clusterName} ${node}, installation ${reinstalled}`,
            iamRole: role.name,
            registrationLimit: 1,
            tags: { ...tags(node), [clusterTag]: clusterName },
          },
          { ...child, additionalSecretOutputs: ["activationCode"], dependsOn: grants },
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
    this.registerOutputs({
      clusterName: this.clusterName,
      clusterArn: this.clusterArn,
      nodeRoleName: this.nodeRoleName,
      keyArn: this.keyArn,
      execLogGroupArn: this.execLogGroupArn,
    });
  }

  /** Sources: ECS developer guide, ecs-anywhere-iam-role; Systems Manager user guide, hybrid-multicloud-service-role. */
  #nodeRole(name: string, clusterName: string, location: Location) {
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
    // A node that leaves signs itself off, and a host that was installed anew what it was before; of the nodes of its own
    // cluster only.
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
    return { role, grants: [...grants, leave] };
  }
}

/** All log groups of a cluster have names that begin with this; its key encrypts no others. */
export function logGroupPrefix(clusterName: string): string {
  return `/ecs/${clusterName}/`;
}

/**
 * The account's own administrators by IAM, and CloudWatch Logs for the log groups of the cluster.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function keyPolicy(
  clusterName: string,
  { partition, region, accountId, dnsSuffix }: Location,
): pulumi.Output<string> {
  const groups = pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:${logGroupPrefix(clusterName)}*`;
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
