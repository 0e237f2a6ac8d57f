/** EC2: virtual private gateways. API reference: CreateVpnGateway, AttachVpnGateway, EnableVgwRoutePropagation. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { needRouteTable } from "../network/route-table.ts";
import { needVpc } from "../network/vpc.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";

const attachment = ({ vpcId }: { vpcId?: string | undefined }, { id }: { id: string }) =>
  vpcId === undefined ? undefined : { VpnGatewayId: id, VpcId: vpcId };

export const vpnGateway = kind({
  type: "aws:ec2/vpnGateway:VpnGateway",
  api: ["EC2", "VpnGateway"],
  operations: { update: "AttachVpnGateway" },
  inputs: z.strictObject({
    vpcId: z.string().optional(),
    amazonSideAsn: z.string().optional(),
    availabilityZone: z.string().optional(),
    tags,
    region,
  }),
  replaces: ["amazonSideAsn", "availabilityZone", "region"],
  holds: ["vpcId"],
  requests: {
    create: {
      CreateVpnGateway: ({ amazonSideAsn, availabilityZone, tags }) => ({
        Type: "ipsec.1",
        AmazonSideAsn: amazonSideAsn === undefined ? undefined : Number(amazonSideAsn),
        AvailabilityZone: availabilityZone,
        TagSpecifications: tagSpecifications("vpn-gateway", tags),
      }),
      AttachVpnGateway: attachment,
    },
    read: { DescribeVpnGateways: (_, { id }) => ({ VpnGatewayIds: [id] }) },
    update: {
      DetachVpnGateway: (_, made, before) => attachment(before, made),
      AttachVpnGateway: attachment,
      ...retagged.ec2,
    },
    delete: {
      DetachVpnGateway: attachment,
      DeleteVpnGateway: (_, { id }) => ({ VpnGatewayId: id }),
    },
  },
  create: (aws, { amazonSideAsn = "64512" }) => {
    const id = aws.ids.resource("vgw");
    return { id, outputs: { arn: aws.arn("ec2", `vpn-gateway/${id}`), amazonSideAsn } };
  },
  afterCreate: {
    operation: "AttachVpnGateway",
    inputs: ["vpcId"],
    check: (aws, { vpcId }) => checkAttach(aws, vpcId),
  },
  update: (aws, { inputs: before, outputs }, { vpcId }) => {
    if (vpcId !== before.vpcId) checkAttach(aws, vpcId);
    return outputs;
  },
  delete: (aws, { id, inputs }) => {
    // The provider detaches first. Amazon EC2 API, DetachVpnGateway: no error while VPN connections are there.
    delete inputs.vpcId;
    aws.changed();
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "IncorrectState",
        "The VPN gateway is in use.",
        reported("hashicorp/terraform-provider-aws#5831"),
      ),
    );
  },
});

const propagated = (given: { vpnGatewayId: string; routeTableId: string }) => ({
  GatewayId: given.vpnGatewayId,
  RouteTableId: given.routeTableId,
});

function checkAttach(aws: Account, vpcId: string | undefined): void {
  if (vpcId === undefined) return;
  needVpc(aws, vpcId);
  const other = vpnGateway.all(aws).find((g) => g.inputs.vpcId === vpcId);
  if (other)
    throw new AwsError(
      "InvalidVpcState",
      `VPC ${vpcId} already has a VPN gateway attached (${other.id})`,
      documented("Amazon EC2 API, error codes: InvalidVpcState"),
    );
}

export const vpnGatewayRoutePropagation = kind({
  type: "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
  api: ["EC2", "VgwRoutePropagation"],
  operations: { create: "EnableVgwRoutePropagation", delete: "DisableVgwRoutePropagation" },
  inputs: z.strictObject({ vpnGatewayId: z.string(), routeTableId: z.string(), region }),
  replaces: ["vpnGatewayId", "routeTableId", "region"],
  requests: {
    create: { EnableVgwRoutePropagation: propagated },
    read: { DescribeRouteTables: ({ routeTableId }) => ({ RouteTableIds: [routeTableId] }) },
    delete: { DisableVgwRoutePropagation: propagated },
  },
  create: (aws, { vpnGatewayId, routeTableId }) => {
    const table = needRouteTable(aws, routeTableId);
    const gateway = need(
      aws,
      vpnGateway,
      vpnGatewayId,
      new AwsError(
        "InvalidVpnGatewayID.NotFound",
        `The vpnGateway ID '${vpnGatewayId}' does not exist`,
        documented("Amazon EC2 API, error codes: InvalidVpnGatewayID.NotFound"),
      ),
    );
    if (gateway.inputs.vpcId !== table.inputs.vpcId)
      throw new AwsError(
        "Gateway.NotAttached",
        `resource ${vpnGatewayId} is not attached to ${table.inputs.vpcId}`,
        guessed,
      );
    return { id: `${vpnGatewayId}_${routeTableId}` };
  },
});
