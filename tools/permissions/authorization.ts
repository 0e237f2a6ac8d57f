/**
 * What AWS checks an action on. Source: the tables of
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import type { Action } from "./row.ts";

/** What an action of EC2 makes, and which existing resources it changes; types as in EC2's ARNs. */
export interface Ec2Access {
  readonly makes?: string;
  readonly on: readonly string[];
}

const routeTargets = ["route-table", "subnet"] as const;

/** EC2's actions that change something. All others (`Describe…`) take no ARN. */
export const ec2Actions: Readonly<Record<Action, Ec2Access>> = {
  "ec2:CreateVpc": { makes: "vpc", on: [] },
  "ec2:ModifyVpcAttribute": { on: ["vpc"] },
  "ec2:DeleteVpc": { on: ["vpc"] },
  "ec2:CreateSubnet": { makes: "subnet", on: ["vpc"] },
  "ec2:ModifySubnetAttribute": { on: ["subnet"] },
  "ec2:DeleteSubnet": { on: ["subnet"] },
  "ec2:CreateRouteTable": { makes: "route-table", on: ["vpc"] },
  "ec2:DeleteRouteTable": { on: ["route-table"] },
  "ec2:AssociateRouteTable": { on: routeTargets },
  "ec2:ReplaceRouteTableAssociation": { on: routeTargets },
  "ec2:DisassociateRouteTable": { on: routeTargets },
  "ec2:CreateRoute": { on: ["route-table"] },
  "ec2:ReplaceRoute": { on: ["route-table"] },
  "ec2:DeleteRoute": { on: ["route-table"] },
  "ec2:CreateInternetGateway": { makes: "internet-gateway", on: [] },
  "ec2:AttachInternetGateway": { on: ["internet-gateway", "vpc"] },
  "ec2:DetachInternetGateway": { on: ["internet-gateway", "vpc"] },
  "ec2:DeleteInternetGateway": { on: ["internet-gateway"] },
  "ec2:AllocateAddress": { makes: "elastic-ip", on: [] },
  "ec2:DisassociateAddress": { on: ["elastic-ip", "network-interface"] },
  "ec2:ReleaseAddress": { on: ["elastic-ip"] },
  "ec2:CreateNatGateway": { makes: "natgateway", on: ["elastic-ip", "subnet"] },
  "ec2:DeleteNatGateway": { on: ["natgateway"] },
  "ec2:CreateSecurityGroup": { makes: "security-group", on: ["vpc"] },
  "ec2:DeleteSecurityGroup": { on: ["security-group"] },
  "ec2:AuthorizeSecurityGroupIngress": { on: ["security-group"] },
  "ec2:AuthorizeSecurityGroupEgress": { on: ["security-group"] },
  "ec2:ModifySecurityGroupRules": { on: ["security-group", "security-group-rule"] },
  "ec2:RevokeSecurityGroupIngress": { on: ["security-group"] },
  "ec2:RevokeSecurityGroupEgress": { on: ["security-group"] },
  "ec2:CreateFlowLogs": { makes: "vpc-flow-log", on: ["vpc"] },
  "ec2:DeleteFlowLogs": { on: ["vpc-flow-log"] },
  "ec2:CreateVpnGateway": { makes: "vpn-gateway", on: [] },
  "ec2:AttachVpnGateway": { on: ["vpn-gateway", "vpc"] },
  "ec2:DetachVpnGateway": { on: ["vpn-gateway", "vpc"] },
  "ec2:DeleteVpnGateway": { on: ["vpn-gateway"] },
  "ec2:CreateCustomerGateway": { makes: "customer-gateway", on: [] },
  "ec2:DeleteCustomerGateway": { on: ["customer-gateway"] },
  "ec2:CreateVpnConnection": { makes: "vpn-connection", on: ["customer-gateway", "vpn-gateway"] },
  "ec2:ModifyVpnConnection": { on: ["vpn-connection"] },
  "ec2:ModifyVpnConnectionOptions": { on: ["vpn-connection"] },
  "ec2:ModifyVpnTunnelOptions": { on: ["vpn-connection"] },
  "ec2:DeleteVpnConnection": { on: ["vpn-connection"] },
  "ec2:CreateVpnConnectionRoute": { on: ["vpn-connection"] },
  "ec2:DeleteVpnConnectionRoute": { on: ["vpn-connection"] },
  "ec2:EnableVgwRoutePropagation": { on: ["route-table", "vpn-gateway"] },
  "ec2:DisableVgwRoutePropagation": { on: ["route-table", "vpn-gateway"] },
  "ec2:CreateVpcEndpoint": { makes: "vpc-endpoint", on: ["vpc", "route-table", "security-group", "subnet"] },
  "ec2:ModifyVpcEndpoint": { on: ["vpc-endpoint", "route-table", "security-group", "subnet"] },
  "ec2:DeleteVpcEndpoints": { on: ["vpc-endpoint"] },
  "ec2:CreateNetworkInterface": { on: ["subnet", "security-group"] },
};

/** Actions outside EC2 that AWS checks on no ARN. */
const withoutArn: ReadonlySet<string> = new Set<Action>([
  "ecs:DeregisterTaskDefinition",
  "ecs:DescribeTaskDefinition",
  "kms:CreateKey",
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:UpdateLogDelivery",
  "route53resolver:GetResolverQueryLogConfigAssociation",
  "ssm:CreateActivation",
  "ssm:DeleteActivation",
  "ssm:DescribeActivations",
  "tag:GetResources",
]);

export const takesArn = (action: Action): boolean =>
  action.startsWith("ec2:")
    ? action in ec2Actions
    : !withoutArn.has(action) && !action.startsWith("elasticloadbalancing:Describe");

/** How a service tags: on creation and later, and how its tags are read. */
interface Tagging {
  readonly tag: readonly Action[];
  readonly untag: readonly Action[];
  readonly read: readonly Action[];
}

const byResource = (
  service: string,
  read: readonly Action[] = [`${service}:ListTagsForResource`],
): Tagging => ({
  tag: [`${service}:TagResource`],
  untag: [`${service}:UntagResource`],
  read,
});

export const tagging: Readonly<Record<string, Tagging>> = {
  ec2: { tag: ["ec2:CreateTags"], untag: ["ec2:DeleteTags"], read: [] },
  iam: { tag: ["iam:TagRole"], untag: ["iam:UntagRole"], read: [] },
  elasticloadbalancing: {
    tag: ["elasticloadbalancing:AddTags"],
    untag: ["elasticloadbalancing:RemoveTags"],
    read: ["elasticloadbalancing:DescribeTags"],
  },
  cloudwatch: byResource("cloudwatch"),
  ecs: byResource("ecs", []),
  kms: byResource("kms", ["kms:ListResourceTags"]),
  logs: byResource("logs"),
  route53resolver: byResource("route53resolver"),
};

/**
 * The services whose resources have names that other stacks may have too, or none: their tags say whose they are. Names of log
 * groups and of what is in the cluster contain the stack's own.
 */
export const knownByTags: ReadonlySet<string> = new Set([
  "cloudwatch",
  "elasticloadbalancing",
  "iam",
  "kms",
  "route53resolver",
]);

export const serviceOf = (action: Action): string => action.split(":")[0] ?? "";
