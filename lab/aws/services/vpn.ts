/** EC2: virtual private gateway, customer gateway, static routes of a VPN. API reference: CreateVpnGateway, CreateCustomerGateway, CreateVpnConnectionRoute. */
import { z } from "zod";
import { AwsError } from "../errors.ts";
import { type Created, cidrBlock, kind, oneOf, region, tags } from "../kind.ts";
import { need, refuseWhenUsed } from "./common.ts";
import { routeTable } from "./routing.ts";
import { vpc } from "./vpc.ts";

const connectionType = "aws:ec2/vpnConnection:VpnConnection";

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
  create: (aws, { vpcId, amazonSideAsn = "64512" }) => {
    if (vpcId !== undefined) {
      need(aws, vpc, vpcId, "InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
      const other = vpnGateway.all(aws).find((g) => g.inputs.vpcId === vpcId);
      if (other)
        throw new AwsError(
          "VpnGatewayAttachmentLimitExceeded",
          `VPC ${vpcId} already has a VPN gateway attached (${other.id})`,
        );
    }
    const id = aws.ids.resource("vgw");
    return { id, outputs: { arn: aws.arn("ec2", `vpn-gateway/${id}`), amazonSideAsn } };
  },
  delete: (aws, { id }) =>
    refuseWhenUsed(aws, id, [connectionType], "The VPN gateway is in use.", "IncorrectState"),
});

/** Not routable on the internet, so no customer gateway can have it (AWS: "Value (…) for parameter publicIp is invalid"). */
const isPrivate = (address: string) =>
  /^(10|127|0)\.|^172\.(1[6-9]|2\d|3[01])\.|^192\.168\.|^169\.254\.|^(22[4-9]|2[3-5]\d)\./.test(address);

export const customerGateway = kind({
  type: "aws:ec2/customerGateway:CustomerGateway",
  api: ["EC2", "CustomerGateway"],
  inputs: z.strictObject({
    type: oneOf(["ipsec.1"]),
    bgpAsn: z
      .string()
      .regex(/^\d{1,10}$/)
      .optional(),
    ipAddress: z.ipv4("expected an IPv4 address").optional(),
    certificateArn: z.string().optional(),
    deviceName: z.string().max(255).optional(),
    tags,
    region,
  }),
  replaces: ["type", "bgpAsn", "ipAddress", "certificateArn", "deviceName", "region"],
  readsBack: { bgpAsn: "65000" },
  create: (aws, { ipAddress, certificateArn, bgpAsn = "65000" }): Created => {
    if (ipAddress === undefined && certificateArn === undefined)
      throw new AwsError(
        "MissingParameter",
        "The request must contain the parameter IpAddress or CertificateArn",
      );
    if (ipAddress !== undefined && isPrivate(ipAddress))
      throw new AwsError("InvalidParameterValue", `Value (${ipAddress}) for parameter publicIp is invalid.`);
    // AWS answers with the gateway it has when address and number are the same; the provider then owns it twice.
    const twin = customerGateway
      .all(aws)
      .find((g) => g.inputs.ipAddress === ipAddress && g.inputs.bgpAsn === bgpAsn && ipAddress !== undefined);
    const id = twin?.id ?? aws.ids.resource("cgw");
    return { id, outputs: { arn: aws.arn("ec2", `customer-gateway/${id}`) } };
  },
  delete: (aws, { id }) =>
    refuseWhenUsed(aws, id, [connectionType], "The customer gateway is in use.", "IncorrectState"),
});

export const vpnConnectionRoute = kind({
  type: "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
  api: ["EC2", "VpnConnectionRoute"],
  inputs: z.strictObject({ vpnConnectionId: z.string(), destinationCidrBlock: cidrBlock, region }),
  replaces: ["vpnConnectionId", "destinationCidrBlock", "region"],
  create: (aws, { vpnConnectionId, destinationCidrBlock }) => {
    const connection = aws.resource(connectionType, vpnConnectionId);
    if (!connection)
      throw new AwsError(
        "InvalidVpnConnectionID.NotFound",
        `The vpnConnection ID '${vpnConnectionId}' does not exist`,
      );
    if (connection.inputs.staticRoutesOnly !== true)
      throw new AwsError(
        "IncorrectState",
        `The vpnConnection '${vpnConnectionId}' does not support static routes.`,
      );
    return { id: `${destinationCidrBlock}:${vpnConnectionId}` };
  },
});

export const vpnGatewayRoutePropagation = kind({
  type: "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
  api: ["EC2", "VgwRoutePropagation"],
  operations: { create: "EnableVgwRoutePropagation", delete: "DisableVgwRoutePropagation" },
  inputs: z.strictObject({ vpnGatewayId: z.string(), routeTableId: z.string(), region }),
  replaces: ["vpnGatewayId", "routeTableId", "region"],
  create: (aws, { vpnGatewayId, routeTableId }) => {
    const table = need(
      aws,
      routeTable,
      routeTableId,
      "InvalidRouteTableID.NotFound",
      `The routeTable ID '${routeTableId}' does not exist`,
    );
    const unknown = `The vpnGateway ID '${vpnGatewayId}' does not exist`;
    const gateway = need(aws, vpnGateway, vpnGatewayId, "InvalidVpnGatewayID.NotFound", unknown);
    if (gateway.inputs.vpcId !== table.inputs.vpcId)
      throw new AwsError(
        "Gateway.NotAttached",
        `resource ${vpnGatewayId} is not attached to ${table.inputs.vpcId}`,
      );
    return { id: `${vpnGatewayId}_${routeTableId}` };
  },
});
