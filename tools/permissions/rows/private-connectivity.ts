import { type Action, type Grant, type Place, type Rows, serviceLinkedRole } from "../row.ts";
import { logDelivery } from "./connectivity.ts";

/**
 * An endpoint's addresses are network interfaces, which Resolver makes by the caller's rights, and without our tags.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53resolver.html, dependent actions
 */
const interfaces = ({ arn }: Place): readonly Grant[] => [
  {
    actions: [
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:ModifyNetworkInterfaceAttribute",
    ],
    resources: [arn("ec2", "network-interface/*")],
  },
];
const interfacesSeen: readonly Action[] = [
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
];

/** `private-connectivity`. Source: terraform-provider-aws, internal/service/ec2/vpc_endpoint.go, internal/service/route53resolver. */
export const privateConnectivity: Rows = {
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    creates: "ec2:CreateVpcEndpoint",
    read: [
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribePrefixLists",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ],
    update: ["ec2:ModifyVpcEndpoint"],
    delete: ["ec2:DeleteVpcEndpoints"],
    grants: ({ inputs }, { arn }) =>
      inputs.privateDnsEnabled === true
        ? [
            {
              actions: ["route53:AssociateVPCWithHostedZone"],
              resources: [arn("route53", "hostedzone/*")],
            },
          ]
        : [],
  },
  "aws:route53/resolverEndpoint:ResolverEndpoint": {
    creates: "route53resolver:CreateResolverEndpoint",
    create: ["ec2:CreateNetworkInterface"],
    read: [
      "route53resolver:GetResolverEndpoint",
      "route53resolver:ListResolverEndpointIpAddresses",
      ...interfacesSeen,
    ],
    update: [
      "route53resolver:UpdateResolverEndpoint",
      "route53resolver:AssociateResolverEndpointIpAddress",
      "route53resolver:DisassociateResolverEndpointIpAddress",
    ],
    delete: ["route53resolver:DeleteResolverEndpoint"],
    arns: () => ["resolver-endpoint/*"],
    grants: (_, place) => interfaces(place),
  },
  "aws:route53/resolverRule:ResolverRule": {
    creates: "route53resolver:CreateResolverRule",
    read: ["route53resolver:GetResolverRule"],
    update: ["route53resolver:UpdateResolverRule"],
    delete: ["route53resolver:DeleteResolverRule"],
    arns: () => ["resolver-rule/*"],
  },
  "aws:route53/resolverRuleAssociation:ResolverRuleAssociation": {
    create: ["route53resolver:AssociateResolverRule"],
    read: ["route53resolver:GetResolverRuleAssociation", "ec2:DescribeVpcs"],
    delete: ["route53resolver:DisassociateResolverRule"],
    arns: () => ["resolver-rule/*"],
  },
  "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": {
    creates: "route53resolver:CreateResolverQueryLogConfig",
    create: logDelivery,
    read: ["route53resolver:GetResolverQueryLogConfig"],
    delete: ["route53resolver:DeleteResolverQueryLogConfig"],
    arns: () => ["resolver-query-log-config/*"],
    grants: (_, place) => [serviceLinkedRole(place, "route53resolver.amazonaws.com")],
  },
  "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation": {
    create: ["route53resolver:AssociateResolverQueryLogConfig"],
    read: ["route53resolver:GetResolverQueryLogConfigAssociation", "ec2:DescribeVpcs"],
    delete: ["route53resolver:DisassociateResolverQueryLogConfig"],
    arns: () => ["resolver-query-log-config/*"],
  },
};
