import type { Action, Rows } from "../row.ts";

/**
 * What AWS asks of a caller who lets one of its services write logs.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
 */
export const logDelivery: readonly Action[] = [
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:UpdateLogDelivery",
];

const connections = ["ec2:DescribeVpnConnections"] as const;

/** `connectivity`. Source: terraform-provider-aws, internal/service/ec2, vpnsite_*.go. */
export const connectivity: Rows = {
  "aws:ec2/vpnGateway:VpnGateway": {
    creates: "ec2:CreateVpnGateway",
    create: ["ec2:AttachVpnGateway"],
    read: ["ec2:DescribeVpnGateways"],
    update: ["ec2:DetachVpnGateway", "ec2:AttachVpnGateway"],
    delete: ["ec2:DetachVpnGateway", "ec2:DeleteVpnGateway"],
  },
  "aws:ec2/customerGateway:CustomerGateway": {
    creates: "ec2:CreateCustomerGateway",
    read: ["ec2:DescribeCustomerGateways"],
    delete: ["ec2:DeleteCustomerGateway"],
  },
  "aws:ec2/vpnConnection:VpnConnection": {
    creates: "ec2:CreateVpnConnection",
    create: logDelivery,
    read: connections,
    update: ["ec2:ModifyVpnConnection", "ec2:ModifyVpnConnectionOptions", "ec2:ModifyVpnTunnelOptions"],
    delete: ["ec2:DeleteVpnConnection"],
  },
  "aws:ec2/vpnConnectionRoute:VpnConnectionRoute": {
    create: ["ec2:CreateVpnConnectionRoute"],
    read: connections,
    delete: ["ec2:DeleteVpnConnectionRoute"],
  },
  "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation": {
    create: ["ec2:EnableVgwRoutePropagation"],
    read: ["ec2:DescribeRouteTables"],
    delete: ["ec2:DisableVgwRoutePropagation"],
  },
};
