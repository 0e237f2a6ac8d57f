import * as pulumi from "@pulumi/pulumi";
import { ecsAgent } from "../steps/ecs-agent.ts";
import { forgetNode } from "../steps/forget-node.ts";
import type { SiteArgs } from "./args.ts";
import type { Machine } from "./machine.ts";

/** A host that has joined the cluster. */
export interface SiteNode {
  readonly address: string;
  /** `mi-` and 17 hexadecimal digits. */
  readonly managedInstanceId: pulumi.Output<string>;
  readonly containerInstanceArn: pulumi.Output<string>;
}

export interface Joined extends Machine {
  readonly node: SiteNode;
}

/** Registers a host with Docker and a way to AWS; nothing for a host that is no node. */
export function register(
  machine: Machine,
  { region, cluster, site, privateAccess }: SiteArgs,
): Joined | undefined {
  const { hostName, host, pi } = machine;
  if (!host.node) return undefined;
  const { attributes } = host.node;
  // A dead host's activation is gone with it; its step is kept as it is, whatever is said here.
  const { activationId, activationCode } = cluster.activations[hostName] ?? {
    activationId: "",
    activationCode: "",
  };
  const step = pulumi
    .all([region, cluster.clusterName, activationId, activationCode])
    .apply(([region, clusterName, activationId, activationCode]) =>
      ecsAgent({
        host: hostName,
        region,
        clusterName,
        attributes,
        activationId,
        activationCode,
        installer: cluster.installer,
        internet: site.internet,
        privately: privateAccess !== undefined && site.dns !== undefined,
      }),
    );
  const { result } = pi.run("ecs-agent", step);
  const fact = (fact: string) => result.apply(({ facts }) => facts[fact] ?? "");
  return {
    ...machine,
    node: {
      address: host.address,
      managedInstanceId: fact("managedInstanceId"),
      containerInstanceArn: fact("containerInstanceArn"),
    },
  };
}

/** Has a living node sign a dead one off, which cannot do so itself. */
export function forget(living: Machine, { hostName, node }: Joined, { region }: SiteArgs): void {
  living.pi.run(
    `forget-${hostName}`,
    pulumi
      .all([region, node.containerInstanceArn, node.managedInstanceId])
      .apply(([region, containerInstanceArn, managedInstanceId]) =>
        forgetNode({ dead: hostName, region, containerInstanceArn, managedInstanceId }),
      ),
  );
}
