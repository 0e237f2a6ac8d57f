/** EC2: route tables, routes, internet and NAT gateways. API reference: CreateRouteTable, CreateRoute, CreateNatGateway. */
import { z } from "zod";
import { AwsError } from "../errors.ts";
import { cidrBlock, kind, oneOf, region, tags } from "../kind.ts";
import { addressAt, need, refuseWhenUsed, users } from "./common.ts";
import { subnet, vpc } from "./vpc.ts";

const routeType = "aws:ec2/route:Route";

export const routeTable = kind({
  type: "aws:ec2/routeTable:RouteTable",
  api: ["EC2", "RouteTable"],
  inputs: z.strictObject({
    vpcId: z.string(),
    propagatingVgws: z.array(z.string()).optional(),
    tags,
    region,
  }),
  replaces: ["vpcId", "region"],
  create: (aws, { vpcId }) => {
    need(aws, vpc, vpcId, "InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
    const id = aws.ids.resource("rtb");
    return { id, outputs: { arn: aws.arn("ec2", `route-table/${id}`), ownerId: aws.account, routes: [] } };
  },
  read: (aws, { id }) => ({
    propagatingVgws: aws
      .resources("aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation")
      .filter((p) => p.inputs.routeTableId === id)
      .map((p) => p.inputs.vpnGatewayId),
  }),
  delete: (aws, { id }) =>
    refuseWhenUsed(
      aws,
      id,
      ["aws:ec2/routeTableAssociation:RouteTableAssociation"],
      `The routeTable '${id}' has dependencies and cannot be deleted.`,
    ),
});

const tableNotFound = (id: string) => `The routeTable ID '${id}' does not exist`;

export const routeTableAssociation = kind({
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  api: ["EC2", "RouteTable"],
  operations: { create: "AssociateRouteTable", delete: "DisassociateRouteTable" },
  inputs: z.strictObject({
    routeTableId: z.string(),
    subnetId: z.string().optional(),
    gatewayId: z.string().optional(),
    region,
  }),
  replaces: ["subnetId", "gatewayId", "region"],
  create: (aws, { routeTableId, subnetId }) => {
    const table = need(
      aws,
      routeTable,
      routeTableId,
      "InvalidRouteTableID.NotFound",
      tableNotFound(routeTableId),
    );
    if (subnetId !== undefined) {
      const of = need(
        aws,
        subnet,
        subnetId,
        "InvalidSubnetID.NotFound",
        `The subnet ID '${subnetId}' does not exist`,
      );
      if (of.inputs.vpcId !== table.inputs.vpcId)
        throw new AwsError(
          "InvalidParameterValue",
          `Route table ${routeTableId} and subnet ${subnetId} belong to different networks`,
        );
      const other = routeTableAssociation.all(aws).find((a) => a.inputs.subnetId === subnetId);
      if (other)
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `the specified association for route table ${routeTableId} conflicts with an existing association`,
        );
    }
    return { id: aws.ids.resource("rtbassoc") };
  },
});

export const internetGateway = kind({
  type: "aws:ec2/internetGateway:InternetGateway",
  api: ["EC2", "InternetGateway"],
  inputs: z.strictObject({ vpcId: z.string().optional(), tags, region }),
  replaces: ["region"],
  create: (aws, { vpcId }) => {
    if (vpcId !== undefined) {
      need(aws, vpc, vpcId, "InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
      if (internetGateway.all(aws).some((g) => g.inputs.vpcId === vpcId))
        throw new AwsError(
          "InvalidParameterValue",
          `Network ${vpcId} already has an internet gateway attached`,
        );
    }
    const id = aws.ids.resource("igw");
    return { id, outputs: { arn: aws.arn("ec2", `internet-gateway/${id}`), ownerId: aws.account } };
  },
  delete: (aws, { inputs }) => {
    const publicUsers = users(aws, inputs.vpcId ?? "", ["aws:ec2/natGateway:NatGateway"]);
    if (publicUsers.length > 0)
      throw new AwsError(
        "DependencyViolation",
        `Network ${inputs.vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      );
  },
});

const targets = [
  "gatewayId",
  "natGatewayId",
  "transitGatewayId",
  "vpcEndpointId",
  "networkInterfaceId",
] as const;

export const route = kind({
  type: routeType,
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
    need(aws, routeTable, routeTableId, "InvalidRouteTableID.NotFound", tableNotFound(routeTableId));
    if (targets.filter((t) => inputs[t] !== undefined).length !== 1)
      throw new AwsError(
        "MissingParameter",
        "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, vpcEndpointId, carrierGatewayId or coreNetworkArn",
      );
    const siblings = route.all(aws).filter((r) => r.inputs.routeTableId === routeTableId);
    if (siblings.some((r) => r.inputs.destinationCidrBlock === destinationCidrBlock))
      throw new AwsError(
        "RouteAlreadyExists",
        `The route identified by ${destinationCidrBlock} already exists.`,
      );
    // The provider's own identifier: it has no name on AWS.
    return {
      id: `r-${routeTableId}${aws.ids.text(10, "0123456789")}`,
      outputs: { origin: "CreateRoute", state: "active" },
    };
  },
});

export const eip = kind({
  type: "aws:ec2/eip:Eip",
  api: ["EC2", "Address"],
  operations: { create: "AllocateAddress", delete: "ReleaseAddress" },
  inputs: z.strictObject({ domain: oneOf(["vpc"]).default("vpc"), tags, region }),
  replaces: ["domain", "region"],
  create: (aws) => {
    const id = aws.ids.resource("eipalloc");
    const taken = eip.all(aws).length;
    const publicIp = addressAt("203.0.113.128/25", 1 + taken);
    return {
      id,
      outputs: {
        allocationId: id,
        arn: aws.arn("ec2", `elastic-ip/${id}`),
        publicIp,
        publicDns: `ec2-${publicIp.replaceAll(".", "-")}.compute-1.amazonaws.com`,
      },
    };
  },
  delete: (aws, { id }) =>
    refuseWhenUsed(
      aws,
      id,
      ["aws:ec2/natGateway:NatGateway"],
      `You do not have permission to access the specified resource.`,
      "AuthFailure",
    ),
});

export const natGateway = kind({
  type: "aws:ec2/natGateway:NatGateway",
  api: ["EC2", "NatGateway"],
  inputs: z.strictObject({
    allocationId: z.string().optional(),
    connectivityType: oneOf(["public", "private"]).default("public"),
    subnetId: z.string(),
    tags,
    region,
  }),
  replaces: ["allocationId", "connectivityType", "subnetId", "region"],
  create: (aws, { allocationId, connectivityType, subnetId }) => {
    const missing = `The subnet ID '${subnetId}' does not exist`;
    const { inputs } = need(aws, subnet, subnetId, "InvalidSubnet", missing);
    if (connectivityType === "public") {
      if (allocationId === undefined)
        throw new AwsError("MissingParameter", "The request must include the AllocationId parameter.");
      const unknown = `The allocation ID '${allocationId}' does not exist`;
      need(aws, eip, allocationId, "InvalidAllocationID.NotFound", unknown);
      if (!internetGateway.all(aws).some((g) => g.inputs.vpcId === inputs.vpcId))
        throw new AwsError("Gateway.NotAttached", `Network ${inputs.vpcId} has no Internet gateway attached`);
    }
    return {
      id: `nat-0${aws.ids.hex(16)}`,
      outputs: {
        privateIp: addressAt(inputs.cidrBlock, 10),
        publicIp: eip.get(aws, allocationId ?? "")?.outputs.publicIp,
        associationId: aws.ids.resource("eipassoc"),
        networkInterfaceId: aws.ids.resource("eni"),
      },
    };
  },
});
