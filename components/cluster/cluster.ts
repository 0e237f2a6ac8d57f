import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Cluster as EcsCluster } from "@pulumi/aws/ecs/cluster.js";
import type { Role } from "@pulumi/aws/iam/role.js";
import { Activation } from "@pulumi/aws/ssm/activation.js";
import * as pulumi from "@pulumi/pulumi";
import { keyArnProblems } from "../../limits/arn.ts";
import { clusterNameProblems, stackAttribute } from "../../limits/cluster.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { formerNames } from "../../records.ts";
import type { ExecSessions } from "../shared/exec-sessions.ts";
import { type Location, providerLocation } from "../shared/location.ts";
import { clusterLogGroup, insightsLogGroup, logRetention } from "../shared/logs.ts";
import { stackPrefix, tags } from "../shared/tags.ts";
import { validated } from "../shared/validated.ts";
import { type ExistingCluster, existingClusterArn } from "./existing-cluster.ts";
import { logsKey } from "./logs-key.ts";
import { clusterTag, nodeRole } from "./node-role.ts";

/** Arguments of a {@link Cluster}: of one that it creates, or of one that exists. */
export type ClusterArgs = OwnClusterArgs | ExistingClusterArgs;

/** A cluster of the stack's own. */
export interface OwnClusterArgs extends CommonArgs {
  /** The cluster's name in ECS. Default: `<project>-<stack>`. */
  readonly clusterName?: string | undefined;
  /** Container Insights: metrics of tasks and services. `enhanced` and `enabled` cost by the metric. */
  readonly containerInsights: pulumi.Input<"enhanced" | "enabled" | "disabled">;
  /** Days that the logs of ECS Exec sessions and the data of Container Insights are kept. */
  readonly logRetentionDays: pulumi.Input<number>;
  readonly existing?: undefined;
}

/** A cluster that exists, with settings of its own: used, and never owned. */
export interface ExistingClusterArgs extends CommonArgs {
  readonly existing: ExistingCluster;
}

interface CommonArgs {
  /**
   * ARN of a key of the caller's that encrypts ECS Exec sessions and the services' logs; its policy must let CloudWatch Logs
   * use it. Default: a key of the component's own.
   */
  readonly keyArn?: pulumi.Input<string> | undefined;
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

/**
 * An ECS cluster for hosts outside AWS: Container Insights, ECS Exec with encrypted and logged sessions, the nodes' role in
 * Systems Manager, and an activation for each node. Of a cluster that exists it adds the role and the activations only.
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
  /** Encrypts the services' logs. */
  readonly keyArn: pulumi.Output<string>;
  /** What the containers' roles must allow for ECS Exec. */
  readonly exec: ExecSessions;
  /** Log group of ECS Exec sessions; empty where an existing cluster has none. */
  readonly execLogGroupName: pulumi.Output<string>;
  /** ECS attributes of all nodes of this stack, and of no other stack's nodes in the same cluster. */
  readonly nodeAttributes: Readonly<Record<string, string>> = { [stackAttribute]: stackPrefix() };
  readonly nodeRole: Role;
  /** By the node's name. */
  readonly activations: Readonly<Record<string, NodeActivation>>;

  /** @throws RunError when CloudWatch Logs does not take the retention, or AWS has no such cluster */
  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:cluster:Cluster", name, {}, opts);
    const location = providerLocation(this);
    const used = args.existing ? this.#existing(name, args, location) : this.#own(name, args, location);
    const { clusterName } = used;
    const child = { parent: this };
    const { role, grants } = nodeRole(
      name,
      { clusterName, s3Endpoint: args.s3Endpoint ?? false, location },
      this,
    );
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
            dependsOn: [...grants],
            // A change of any of them replaces it, and a renamed node has no use for another one.
            ignoreChanges: ["name", "description", "tags"],
          },
        );
        const { id: activationId, activationCode } = activation;
        return [node, { activationId, activationCode: pulumi.secret(activationCode) }];
      }),
    );
    this.clusterName = used.clusterArn.apply(() => clusterName);
    this.clusterArn = used.clusterArn;
    this.nodeRole = role;
    this.nodeRoleName = role.name;
    this.keyArn = used.keyArn;
    this.exec = used.exec;
    this.execLogGroupName = used.execLogGroupName;
    this.registerOutputs({
      clusterName: this.clusterName,
      clusterArn: this.clusterArn,
      nodeRoleName: this.nodeRoleName,
      keyArn: this.keyArn,
      execLogGroupName: this.execLogGroupName,
    });
  }

  #own(name: string, args: OwnClusterArgs, location: Location): UsedCluster {
    const retentionInDays = logRetention(`${name}.logRetentionDays`, args.logRetentionDays);
    const clusterName = args.clusterName ?? stackPrefix();
    throwIfAny(clusterNameProblems(`${name}.clusterName`, clusterName));
    const keyArn = this.#keyArn(name, args, clusterName, location);
    const child = { parent: this };
    const sessions = new LogGroup(
      `${name}-exec`,
      {
        name: clusterLogGroup(clusterName, "exec"),
        kmsKeyId: keyArn,
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
        kmsKeyId: keyArn,
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
            kmsKeyId: keyArn,
            logging: "OVERRIDE",
            logConfiguration: { cloudWatchEncryptionEnabled: true, cloudWatchLogGroupName: sessions.name },
          },
        },
        tags: tags(`${name}-cluster`),
      },
      { ...child, dependsOn: insights },
    );
    return {
      clusterName,
      clusterArn: cluster.arn,
      keyArn,
      exec: { keyArn, logGroupArn: sessions.arn },
      execLogGroupName: sessions.name,
    };
  }

  #existing(name: string, args: ExistingClusterArgs, location: Location): UsedCluster {
    const { name: clusterName, exec: { keyArn, logGroup } = {} } = args.existing;
    const { partition, region, accountId } = location;
    return {
      clusterName,
      clusterArn: existingClusterArn(`${name}.existing.name`, clusterName, this),
      keyArn: this.#keyArn(name, args, clusterName, location),
      exec: {
        keyArn: keyArn && checkedKey(`${name}.existing.exec.keyArn`, keyArn),
        logGroupArn:
          logGroup && pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup}`,
      },
      execLogGroupName: pulumi.output(logGroup ?? ""),
    };
  }

  /** The caller's key, or one of the component's own. */
  #keyArn(name: string, { keyArn }: CommonArgs, clusterName: string, location: Location) {
    return keyArn === undefined
      ? logsKey(`${name}-key`, clusterName, location, this).arn
      : pulumi.output(checkedKey(`${name}.keyArn`, keyArn));
  }
}

/** A cluster of either kind. */
interface UsedCluster {
  readonly clusterName: string;
  readonly clusterArn: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;
  readonly exec: ExecSessions;
  readonly execLogGroupName: pulumi.Output<string>;
}

function checkedKey(field: string, keyArn: pulumi.Input<string>): pulumi.Input<string> {
  return validated(keyArn, (plain) => throwIfAny(keyArnProblems(field, plain)));
}
