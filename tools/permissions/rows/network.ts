import type { Action, Grant, Place, Rows } from "../row.ts";

const routeTables = ["ec2:DescribeRouteTables"] as const;
const groupRules = ["ec2:DescribeSecurityGroupRules"] as const;

/** The provider tags a rule after it has created it. */
const newRule = (action: Action, { arn, ownTags }: Place): readonly Grant[] => {
  const resources = [arn("ec2", "security-group-rule/*")];
  return [
    { actions: [action], resources },
    { actions: ["ec2:CreateTags"], resources, condition: { StringEquals: ownTags("RequestTag") } },
  ];
};

/** `network`. Source: terraform-provider-aws, internal/service/ec2, vpc_*.go. */
export const network: Rows = {
  "aws:ec2/vpc:Vpc": {
    creates: "ec2:CreateVpc",
    create: ["ec2:ModifyVpcAttribute"],
    read: [
      "ec2:DescribeVpcs",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
    ],
    update: ["ec2:ModifyVpcAttribute"],
    delete: ["ec2:DeleteVpc"],
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    create: ["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"],
    read: ["ec2:DescribeSecurityGroups"],
    delete: [],
    grants: (_, { arn, ownTags }) => [
      {
        // AWS made it, so it has no tag yet that says whose it is.
        actions: ["ec2:CreateTags"],
        resources: [arn("ec2", "security-group/*")],
        condition: { StringEquals: ownTags("RequestTag") },
      },
    ],
  },
  "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {
    create: ["ec2:AssociateVpcCidrBlock"],
    read: ["ec2:DescribeVpcs"],
    delete: ["ec2:DisassociateVpcCidrBlock"],
  },
  "aws:ec2/subnet:Subnet": {
    creates: "ec2:CreateSubnet",
    read: ["ec2:DescribeSubnets"],
    update: ["ec2:ModifySubnetAttribute"],
    // The provider looks for network interfaces that others left in it.
    delete: ["ec2:DescribeNetworkInterfaces", "ec2:DeleteSubnet"],
  },
  "aws:ec2/routeTable:RouteTable": {
    creates: "ec2:CreateRouteTable",
    read: routeTables,
    delete: ["ec2:DisassociateRouteTable", "ec2:DeleteRouteTable"],
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    create: ["ec2:AssociateRouteTable"],
    read: routeTables,
    update: ["ec2:ReplaceRouteTableAssociation"],
    delete: ["ec2:DisassociateRouteTable"],
  },
  "aws:ec2/route:Route": {
    create: ["ec2:CreateRoute"],
    read: routeTables,
    update: ["ec2:ReplaceRoute"],
    delete: ["ec2:DeleteRoute"],
  },
  "aws:ec2/internetGateway:InternetGateway": {
    creates: "ec2:CreateInternetGateway",
    create: ["ec2:AttachInternetGateway"],
    read: ["ec2:DescribeInternetGateways"],
    update: ["ec2:DetachInternetGateway", "ec2:AttachInternetGateway"],
    delete: ["ec2:DetachInternetGateway", "ec2:DeleteInternetGateway"],
  },
  "aws:ec2/eip:Eip": {
    creates: "ec2:AllocateAddress",
    read: ["ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute"],
    delete: ["ec2:DisassociateAddress", "ec2:ReleaseAddress"],
  },
  "aws:ec2/natGateway:NatGateway": {
    creates: "ec2:CreateNatGateway",
    read: ["ec2:DescribeNatGateways"],
    delete: ["ec2:DeleteNatGateway"],
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    creates: "ec2:CreateSecurityGroup",
    // A new group lets everything out; the provider removes that.
    create: ["ec2:RevokeSecurityGroupEgress"],
    read: ["ec2:DescribeSecurityGroups"],
    delete: ["ec2:DescribeNetworkInterfaces", "ec2:DeleteSecurityGroup"],
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    create: ["ec2:AuthorizeSecurityGroupIngress"],
    read: groupRules,
    update: ["ec2:ModifySecurityGroupRules", "ec2:CreateTags", "ec2:DeleteTags"],
    delete: ["ec2:RevokeSecurityGroupIngress"],
    grants: (_, place) => newRule("ec2:AuthorizeSecurityGroupIngress", place),
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    create: ["ec2:AuthorizeSecurityGroupEgress"],
    read: groupRules,
    update: ["ec2:ModifySecurityGroupRules", "ec2:CreateTags", "ec2:DeleteTags"],
    delete: ["ec2:RevokeSecurityGroupEgress"],
    grants: (_, place) => newRule("ec2:AuthorizeSecurityGroupEgress", place),
  },
  "aws:ec2/flowLog:FlowLog": {
    creates: "ec2:CreateFlowLogs",
    read: ["ec2:DescribeFlowLogs"],
    delete: ["ec2:DeleteFlowLogs"],
  },
};
