/** EC2: route tables and their subnets. API reference: CreateRouteTable, AssociateRouteTable. */
import { z } from "zod";
import type { Resource, Store } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { filters } from "../shared/filters.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";
import { needSubnet } from "./subnet.ts";
import { needVpc } from "./vpc.ts";

const inputs = z.strictObject({
  vpcId: z.string(),
  propagatingVgws: z.array(z.string()).optional(),
  tags,
  region,
});

export const routeTable = kind({
  type: "aws:ec2/routeTable:RouteTable",
  api: ["EC2", "RouteTable"],
  inputs,
  replaces: ["vpcId", "region"],
  holds: ["vpcId"],
  requests: {
    create: {
      CreateRouteTable: ({ vpcId, tags }) => ({
        VpcId: vpcId,
        TagSpecifications: tagSpecifications("route-table", tags),
      }),
      EnableVgwRoutePropagation: ({ propagatingVgws = [] }, { id }) =>
        propagatingVgws.map((GatewayId) => ({ GatewayId, RouteTableId: id })),
    },
    read: { DescribeRouteTables: (_, { id }) => ({ RouteTableIds: [id] }) },
    update: {
      DisableVgwRoutePropagation: ({ propagatingVgws = [] }, { id }, before) =>
        (before.propagatingVgws ?? [])
          .filter((gateway) => !propagatingVgws.includes(gateway))
          .map((GatewayId) => ({ GatewayId, RouteTableId: id })),
      EnableVgwRoutePropagation: ({ propagatingVgws = [] }, { id }) =>
        propagatingVgws.map((GatewayId) => ({ GatewayId, RouteTableId: id })),
      ...retagged.ec2,
    },
    delete: { DeleteRouteTable: (_, { id }) => ({ RouteTableId: id }) },
  },
  create: (aws, { vpcId }) => {
    needVpc(aws, vpcId);
    const id = aws.ids.resource("rtb");
    return { id, outputs: { arn: aws.arn("ec2", `route-table/${id}`), ownerId: aws.account, routes: [] } };
  },
  read: (aws, { id }) => ({
    propagatingVgws: aws
      .resources()
      .filter(({ inputs }) => inputs.routeTableId === id && inputs.vpnGatewayId !== undefined)
      .map(({ inputs }) => inputs.vpnGatewayId),
  }),
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "DependencyViolation",
        `The routeTable '${id}' has dependencies and cannot be deleted.`,
        reported("hashicorp/terraform-provider-aws#5931"),
      ),
    ),
});

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
  holds: ["routeTableId"],
  requests: {
    create: {
      AssociateRouteTable: ({ routeTableId, subnetId, gatewayId }) => ({
        RouteTableId: routeTableId,
        SubnetId: subnetId,
        GatewayId: gatewayId,
      }),
    },
    read: {
      DescribeRouteTables: (_, { id }) => ({
        Filters: filters({ "association.route-table-association-id": id }),
      }),
    },
    update: {
      ReplaceRouteTableAssociation: ({ routeTableId }, { id }) => ({
        AssociationId: id,
        RouteTableId: routeTableId,
      }),
    },
    delete: { DisassociateRouteTable: (_, { id }) => ({ AssociationId: id }) },
  },
  create: (aws, { routeTableId, subnetId }) => {
    const table = needRouteTable(aws, routeTableId);
    if (subnetId !== undefined) {
      const of = needSubnet(aws, subnetId);
      if (of.inputs.vpcId !== table.inputs.vpcId)
        throw new AwsError(
          "InvalidParameterValue",
          `Route table ${routeTableId} and subnet ${subnetId} belong to different networks`,
          guessed,
        );
      const other = routeTableAssociation.all(aws).find((a) => a.inputs.subnetId === subnetId);
      if (other)
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `the specified association for route table ${routeTableId} conflicts with an existing association`,
          reported("hashicorp/terraform-provider-aws#38960"),
        );
    }
    return { id: aws.ids.resource("rtbassoc") };
  },
});

/** Returns a route table. Throws the error of EC2's older operations if it does not exist. */
export const needRouteTable = (store: Store, id: string): Resource<z.output<typeof inputs>> =>
  need(
    store,
    routeTable,
    id,
    new AwsError(
      "InvalidRouteTableID.NotFound",
      `The routeTable ID '${id}' does not exist`,
      documented("Amazon EC2 API, error codes: InvalidRouteTableID.NotFound"),
    ),
  );
