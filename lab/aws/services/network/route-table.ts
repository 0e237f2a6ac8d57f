/** EC2: route tables and their subnets. API reference: CreateRouteTable, AssociateRouteTable. */
import { z } from "zod";
import { AwsError, guessed } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";
import { subnet } from "./subnet.ts";
import { vpc } from "./vpc.ts";

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
  holds: ["vpcId"],
  create: (aws, { vpcId }) => {
    need(
      aws,
      vpc,
      vpcId,
      new AwsError("InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`, guessed),
    );
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
        guessed,
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
  create: (aws, { routeTableId, subnetId }) => {
    const table = need(
      aws,
      routeTable,
      routeTableId,
      new AwsError(
        "InvalidRouteTableID.NotFound",
        `The routeTable ID '${routeTableId}' does not exist`,
        guessed,
      ),
    );
    if (subnetId !== undefined) {
      const of = need(
        aws,
        subnet,
        subnetId,
        new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${subnetId}' does not exist`, guessed),
      );
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
          guessed,
        );
    }
    return { id: aws.ids.resource("rtbassoc") };
  },
});
