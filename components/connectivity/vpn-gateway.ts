import { getVpnConnection } from "@pulumi/aws/ec2/getVpnConnection.js";
import { getVpnGateway } from "@pulumi/aws/ec2/getVpnGateway.js";
import { Route } from "@pulumi/aws/ec2/route.js";
import { VpnGateway } from "@pulumi/aws/ec2/vpnGateway.js";
import { VpnGatewayRoutePropagation } from "@pulumi/aws/ec2/vpnGatewayRoutePropagation.js";
import * as pulumi from "@pulumi/pulumi";
import { beforeCreate } from "../../hooks.ts";
import {
  attachmentProblems,
  otherGatewayProblems,
  overlappingRoutes,
  siteOverlapProblems,
} from "../../limits/connectivity/vpn-gateway.ts";
import { type Problem, throwIfAny } from "../../limits/problem.ts";
import { defined } from "../../records.ts";
import { unlessAbsent } from "../shared/absent.ts";
import { tags } from "../shared/tags.ts";

/** A VPC's VPN gateway, with the VPC's routes to the site by it. */
export interface SiteGateway {
  readonly id: pulumi.Output<string>;
  /** In the VPC's route tables. */
  readonly routes: readonly pulumi.Resource[];
  /** What the connection's own routes must wait for. */
  readonly before: readonly pulumi.Resource[];
  /** Hooks of the connection's own routes. */
  readonly hooks: pulumi.ResourceHookBinding | undefined;
}

export interface SiteGatewayArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly routeTableIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly siteCidrs: readonly string[];
  readonly siteFields?: Readonly<Record<string, string>> | undefined;
  readonly shared?: boolean | undefined;
}

/** Creates the VPN gateway. It gives the route tables the connection's routes itself: they are propagated. */
export function createdGateway(
  name: string,
  { vpcId, routeTableIds, shared = false }: SiteGatewayArgs,
  parent: pulumi.Resource,
): SiteGateway {
  const child = { parent };
  const gateway = new VpnGateway(
    `${name}-gateway`,
    { vpcId, tags: tags(`${name}-gateway`) },
    {
      ...child,
      // The provider detaches a gateway before it deletes it, and AWS lets it, also while other stacks' connections are there.
      protect: shared,
      ...defined({
        hooks: beforeCreate(`${name}-gateway`, (inputs) => otherGateway(name, inputs.vpcId, parent)),
      }),
    },
  );
  const routes = Object.entries(routeTableIds).map(
    ([table, routeTableId]) =>
      new VpnGatewayRoutePropagation(
        `${name}-propagation-${table}`,
        { vpnGatewayId: gateway.id, routeTableId },
        child,
      ),
  );
  return { id: gateway.id, routes, before: [], hooks: undefined };
}

async function otherGateway(
  name: string,
  vpcId: unknown,
  parent: pulumi.Resource,
): Promise<readonly Problem[]> {
  if (typeof vpcId !== "string") return [];
  const other = await unlessAbsent(() => getVpnGateway({ attachedVpcId: vpcId }, { parent }));
  return otherGatewayProblems(name, vpcId, other?.id);
}

/**
 * Uses a VPN gateway that is there. Whether its routes are propagated is its owner's business: the stack gives the route
 * tables routes of its own, which go with it and are in the way of no others.
 */
export function existingGateway(
  name: string,
  {
    vpcId,
    routeTableIds,
    siteCidrs,
    siteFields = {},
    vpnGatewayId,
  }: SiteGatewayArgs & { readonly vpnGatewayId: pulumi.Input<string> },
  parent: pulumi.Resource,
): SiteGateway {
  const id = pulumi.all([vpnGatewayId, vpcId]).apply(async ([gatewayId, vpc]) => {
    const found = await unlessAbsent(() => getVpnGateway({ id: gatewayId }, { parent }));
    throwIfAny(attachmentProblems(name, gatewayId, vpc, found?.attachedVpcId));
    return gatewayId;
  });
  const routes = Object.entries(routeTableIds).flatMap(([table, routeTableId]) =>
    siteCidrs.map(
      (destinationCidrBlock) =>
        new Route(
          `${name}-${table}-${destinationCidrBlock}`,
          { routeTableId, destinationCidrBlock, gatewayId: id },
          { parent },
        ),
    ),
  );
  // Known when the connection is there, and with it the connection's route.
  let gatewayId: string | undefined;
  id.apply((known) => {
    gatewayId = known;
  });
  const hooks = beforeCreate(`${name}-routes`, (inputs) => {
    const field = siteFields[String(inputs.destinationCidrBlock)] ?? `${name}.siteCidrs`;
    return otherSites(field, inputs, gatewayId, parent);
  });
  // The connection's route goes first: where its owner has the gateway propagate, its copy would otherwise take the place of
  // the deleted one, and the provider waits until there is none.
  return { id, routes, before: routes, hooks };
}

async function otherSites(
  field: string,
  { vpnConnectionId, destinationCidrBlock }: Readonly<Record<string, unknown>>,
  vpnGatewayId: string | undefined,
  parent: pulumi.Resource,
): Promise<readonly Problem[]> {
  if (typeof destinationCidrBlock !== "string" || vpnGatewayId === undefined) return [];
  const cidr = destinationCidrBlock;
  const filters = [
    { name: "vpn-gateway-id", values: [vpnGatewayId] },
    { name: "state", values: ["pending", "available", "modifying"] },
    { name: "route.destination-cidr-block", values: [...overlappingRoutes(cidr)] },
  ];
  try {
    const other = await unlessAbsent(() => getVpnConnection({ filters }, { parent }));
    if (other === undefined || other.vpnConnectionId === vpnConnectionId) return [];
    const ranges = other.routes.map((route) => route.destinationCidrBlock);
    return siteOverlapProblems(field, cidr, vpnGatewayId, other.vpnConnectionId, ranges);
  } catch (error) {
    // The data source returns one connection; one of several is not this stack's.
    if (/multiple .* matched/.test(String(error)))
      return siteOverlapProblems(field, cidr, vpnGatewayId, undefined, [cidr]);
    throw error;
  }
}
