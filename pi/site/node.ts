import * as pulumi from "@pulumi/pulumi";
import { ecsAgent } from "../steps/ecs-agent.ts";
import { forgetNode } from "../steps/forget-node.ts";
import type { SiteArgs, SiteHost } from "./args.ts";

/** A host that has joined the cluster. */
export interface SiteNode {
  readonly address: string;
  /** `mi-` and 17 hexadecimal digits. */
  readonly managedInstanceId: pulumi.Output<string>;
  readonly containerInstanceArn: pulumi.Output<string>;
}

/** A host that is, or was, a node. */
export interface RegisteredHost extends SiteHost {
  readonly node: SiteNode;
  /** Exists once the host is a node of the cluster. */
  readonly registration: pulumi.Resource;
}

/** Registers a host that has Docker and a way to AWS. Returns undefined for a host that does not run tasks. */
export function registerNode(
  siteHost: SiteHost,
  { region, cluster, site, privateAccess }: SiteArgs,
): RegisteredHost | undefined {
  const { name, settings, host } = siteHost;
  if (!settings.node) return undefined;
  const { attributes, reinstalled } = settings.node;
  // A dead host has no activation any more; its step is kept as it is, whatever its arguments.
  const { activationId, activationCode } = cluster.activations[name] ?? {
    activationId: "",
    activationCode: "",
  };
  const step = pulumi
    .all([region, cluster.clusterName, activationId, activationCode])
    .apply(([region, clusterName, activationId, activationCode]) =>
      ecsAgent({
        host: name,
        // Elsewhere it would only make the step run again when it is removed.
        formerly: reinstalled > 0 ? settings.formerly : undefined,
        region,
        clusterName,
        stackAttributes: cluster.nodeAttributes,
        attributes,
        activationId,
        activationCode,
        installer: cluster.installer,
        internet: site.internet,
        privately: privateAccess !== undefined && site.dns !== undefined,
      }),
    );
  const { result, resource } = host.run("ecs-agent", step);
  const fact = (fact: string) => result.apply(({ facts }) => facts[fact] ?? "");
  return {
    ...siteHost,
    registration: resource,
    node: {
      address: settings.address,
      managedInstanceId: fact("managedInstanceId"),
      containerInstanceArn: fact("containerInstanceArn"),
    },
  };
}

/** Makes a living node sign off a dead one, which cannot sign itself off. */
export function signOffDeadNode(
  living: SiteHost,
  { name, node }: RegisteredHost,
  { region }: SiteArgs,
): void {
  living.host.run(
    `${name}-forgotten`,
    pulumi
      .all([region, node.containerInstanceArn, node.managedInstanceId])
      .apply(([region, containerInstanceArn, managedInstanceId]) =>
        forgetNode({ dead: name, region, containerInstanceArn, managedInstanceId }),
      ),
  );
}
