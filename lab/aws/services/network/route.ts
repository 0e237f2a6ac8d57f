/** EC2: routes. API reference: CreateRoute. */
import { z } from "zod";
import { AwsError, guessed } from "../../errors.ts";
import { cidrBlock, kind, region } from "../../kind.ts";
import { need } from "../shared/lookups.ts";
import { routeTable } from "./route-table.ts";

const targets = [
  "gatewayId",
  "natGatewayId",
  "transitGatewayId",
  "vpcEndpointId",
  "networkInterfaceId",
] as const;

export const route = kind({
  type: "aws:ec2/route:Route",
  api: ["EC2", "Route"],
  operations: { update: "ReplaceRoute" },
  inputs: z.strictObject({
    routeTableId: z.string(),
    destinationCidrBlock: cidrBlock,
    gatewayId: z.string().optional(),
    natGatewayId: z.string().optional(),
    transitGatewayId: z.string().optional(),
    vpcEndpointId: z.string().optional(),
    networkInterfaceId: z.string().optional(),
    region,
  }),
  replaces: ["routeTableId", "destinationCidrBlock", "region"],
  create: (aws, inputs) => {
    const { routeTableId, destinationCidrBlock } = inputs;
    need(
      aws,
      routeTable,
      routeTableId,
      new AwsError(
        "InvalidRouteTableID.NotFound",
        `The routeTable ID '${routeTableId}' does not exist`,
        guessed,
      ),
    );
    if (targets.filter((t) => inputs[t] !== undefined).length !== 1)
      throw new AwsError(
        "MissingParameter",
        "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, vpcEndpointId, carrierGatewayId or coreNetworkArn",
        guessed,
      );
    const siblings = route.all(aws).filter((r) => r.inputs.routeTableId === routeTableId);
    if (siblings.some((r) => r.inputs.destinationCidrBlock === destinationCidrBlock))
      throw new AwsError(
        "RouteAlreadyExists",
        `The route identified by ${destinationCidrBlock} already exists.`,
        guessed,
      );
    // The provider's own identifier: it has no name on AWS.
    return {
      id: `r-${routeTableId}${aws.ids.text(10, "0123456789")}`,
      outputs: { origin: "CreateRoute", state: "active" },
    };
  },
});
