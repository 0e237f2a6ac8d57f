/** EC2: routes. API reference: CreateRoute. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { cidrBlock, kind, region } from "../../kind.ts";
import { needRouteTable } from "./route-table.ts";

const targets = [
  "gatewayId",
  "natGatewayId",
  "transitGatewayId",
  "vpcEndpointId",
  "networkInterfaceId",
] as const;

const schema = z.strictObject({
  routeTableId: z.string(),
  destinationCidrBlock: cidrBlock,
  gatewayId: z.string().optional(),
  natGatewayId: z.string().optional(),
  transitGatewayId: z.string().optional(),
  vpcEndpointId: z.string().optional(),
  networkInterfaceId: z.string().optional(),
  region,
});

const routed = (given: z.output<typeof schema>) => ({
  RouteTableId: given.routeTableId,
  DestinationCidrBlock: given.destinationCidrBlock,
  GatewayId: given.gatewayId,
  NatGatewayId: given.natGatewayId,
  TransitGatewayId: given.transitGatewayId,
  VpcEndpointId: given.vpcEndpointId,
  NetworkInterfaceId: given.networkInterfaceId,
});

export const route = kind({
  type: "aws:ec2/route:Route",
  api: ["EC2", "Route"],
  operations: { update: "ReplaceRoute" },
  inputs: schema,
  replaces: ["routeTableId", "destinationCidrBlock", "region"],
  requests: {
    create: { CreateRoute: routed },
    read: { DescribeRouteTables: ({ routeTableId }) => ({ RouteTableIds: [routeTableId] }) },
    update: { ReplaceRoute: routed },
    delete: {
      DeleteRoute: ({ routeTableId, destinationCidrBlock }) => ({
        RouteTableId: routeTableId,
        DestinationCidrBlock: destinationCidrBlock,
      }),
    },
  },
  create: (aws, inputs) => {
    const { routeTableId, destinationCidrBlock } = inputs;
    needRouteTable(aws, routeTableId);
    if (targets.filter((t) => inputs[t] !== undefined).length !== 1)
      throw new AwsError(
        "MissingParameter",
        "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, vpcEndpointId, carrierGatewayId or coreNetworkArn",
        documented("Amazon EC2 API, CreateRoute: one target"),
      );
    const siblings = route.all(aws).filter((r) => r.inputs.routeTableId === routeTableId);
    if (siblings.some((r) => r.inputs.destinationCidrBlock === destinationCidrBlock))
      throw new AwsError(
        "RouteAlreadyExists",
        `The route identified by ${destinationCidrBlock} already exists.`,
        reported("terraform-aws-modules/terraform-aws-vpc#108"),
      );
    // The provider's own identifier: a route has none on AWS.
    return {
      id: `r-${routeTableId}${aws.ids.text(10, "0123456789")}`,
      outputs: { origin: "CreateRoute", state: "active" },
    };
  },
});
