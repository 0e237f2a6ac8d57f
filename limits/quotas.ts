/**
 * What AWS lets an account have before it asks for more. Sources: the quota pages of each service's guide, such as
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html,
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html,
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-entities-resolver,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
 * https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
import { type Problem, problemIf, type RemedyText } from "./problem.ts";

export interface Quota {
  readonly what: string;
  /** The default of a new account. */
  readonly value: number;
  /** How to ask for more: service and code in Service Quotas, or a remedy where it has none. */
  readonly more: { readonly service: string; readonly code: string } | { readonly remedy: RemedyText };
}

const quota = (what: string, value: number, service: string, code: string): Quota => ({
  what,
  value,
  more: { service, code },
});

export const quotas = {
  vpcs: quota("VPCs per Region", 5, "vpc", "L-F678F1CE"),
  cidrs: quota("IPv4 ranges per VPC", 5, "vpc", "L-83CA0A9D"),
  subnets: quota("Subnets per VPC", 200, "vpc", "L-407747CB"),
  routeTables: quota("Route tables per VPC", 200, "vpc", "L-589F43AA"),
  internetGateways: quota("Internet gateways per Region", 5, "vpc", "L-A4707A72"),
  natGateways: quota("NAT gateways per zone", 5, "vpc", "L-FE5A380F"),
  addresses: quota("Elastic IP addresses per Region", 5, "ec2", "L-0263D0A3"),
  securityGroups: quota("Security groups per Region", 2500, "vpc", "L-E79EC296"),
  groupRules: quota("Inbound or outbound rules per security group", 60, "vpc", "L-0EA8095F"),
  gatewayEndpoints: quota("Gateway endpoints per Region", 20, "vpc", "L-1B52E74A"),
  interfaceEndpoints: quota("Interface endpoints per VPC", 50, "vpc", "L-29B6F2EB"),
  vpnGateways: quota("Virtual private gateways per Region", 5, "ec2", "L-7029FAB6"),
  customerGateways: quota("Customer gateways per Region", 50, "ec2", "L-4FB7FF5D"),
  vpnConnections: quota("VPN connections per Region", 50, "ec2", "L-3E6EC3A3"),
  connectionsPerGateway: quota("VPN connections per virtual private gateway", 10, "ec2", "L-B91E5754"),
  resolverEndpoints: quota("Resolver endpoints per Region", 4, "route53resolver", "L-4A669CC0"),
  resolverAddresses: quota("Addresses per resolver endpoint", 6, "route53resolver", "L-D2FE9758"),
  resolverRules: quota("Resolver rules per Region", 1000, "route53resolver", "L-51D8A1FB"),
  resolverTargets: quota("DNS servers per resolver rule", 6, "route53resolver", "L-D74B6237"),
  networkBalancers: quota("Network load balancers per Region", 50, "elasticloadbalancing", "L-69A177A2"),
  applicationBalancers: quota(
    "Application load balancers per Region",
    50,
    "elasticloadbalancing",
    "L-53DA6B97",
  ),
  targetGroups: quota("Target groups per Region", 3000, "elasticloadbalancing", "L-B22855CB"),
  targets: quota("Targets per network load balancer and zone", 500, "elasticloadbalancing", "L-B211E961"),
  applicationTargets: quota(
    "Targets per application load balancer",
    1000,
    "elasticloadbalancing",
    "L-7E6692B2",
  ),
  roles: quota("Roles per account", 1000, "iam", "L-FE177D64"),
  rolePolicies: quota("Managed policies per role", 10, "iam", "L-0DA4ABF3"),
  services: quota("Services per ECS cluster", 5000, "ecs", "L-9EF96962"),
  nodes: {
    what: "Nodes of the standard tier per Region, in Systems Manager",
    value: 1000,
    more: {
      remedy:
        "run `aws ssm update-service-setting --setting-id /ssm/managed-instance/activation-tier --setting-value advanced`: the advanced tier costs by node and hour",
    },
  },
} as const satisfies Readonly<Record<string, Quota>>;

export type QuotaName = keyof typeof quotas;

/** What counts of a resource: its type in Pulumi, and its inputs as far as they are known. */
export interface Counted {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Use {
  readonly quota: QuotaName;
  readonly used: number;
}

/** The quotas of which each resource of a type uses one. */
const byType: Readonly<Record<string, readonly QuotaName[]>> = {
  "aws:ec2/vpc:Vpc": ["vpcs", "cidrs"],
  "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": ["cidrs"],
  "aws:ec2/subnet:Subnet": ["subnets"],
  "aws:ec2/routeTable:RouteTable": ["routeTables"],
  "aws:ec2/internetGateway:InternetGateway": ["internetGateways"],
  "aws:ec2/eip:Eip": ["addresses"],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ["securityGroups"],
  "aws:ec2/securityGroup:SecurityGroup": ["securityGroups"],
  "aws:ec2/vpnGateway:VpnGateway": ["vpnGateways"],
  "aws:ec2/customerGateway:CustomerGateway": ["customerGateways"],
  "aws:ec2/vpnConnection:VpnConnection": ["vpnConnections", "connectionsPerGateway"],
  "aws:route53/resolverEndpoint:ResolverEndpoint": ["resolverEndpoints"],
  "aws:route53/resolverRule:ResolverRule": ["resolverRules"],
  "aws:lb/targetGroup:TargetGroup": ["targetGroups"],
  "aws:iam/role:Role": ["roles"],
  "aws:ecs/service:Service": ["services"],
  "aws:ssm/activation:Activation": ["nodes"],
};

/** Returns what a stack's resources use of each quota; of a quota per resource, what the one with most uses. */
export function usesOf(resources: readonly Counted[]): readonly Use[] {
  const used = new Map<QuotaName, number>();
  const add = (quota: QuotaName, count = 1) => used.set(quota, (used.get(quota) ?? 0) + count);
  const most = (quota: QuotaName, count: number) => used.set(quota, Math.max(used.get(quota) ?? 0, count));
  const perOwner = new Map<string, number>();
  for (const { type, name, inputs } of resources) {
    for (const quota of byType[type] ?? []) add(quota);
    const one = (key: string) => {
      const count = (perOwner.get(key) ?? 0) + 1;
      perOwner.set(key, count);
      return count;
    };
    switch (type) {
      case "aws:ec2/natGateway:NatGateway":
        most("natGateways", 1);
        break;
      case "aws:ec2/vpcEndpoint:VpcEndpoint":
        add(inputs.vpcEndpointType === "Interface" ? "interfaceEndpoints" : "gatewayEndpoints");
        break;
      case "aws:lb/loadBalancer:LoadBalancer":
        add(inputs.loadBalancerType === "network" ? "networkBalancers" : "applicationBalancers");
        break;
      case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      case "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":
        most(
          "groupRules",
          one(`${type} ${ownerOf(name, resources, "aws:ec2/securityGroup:SecurityGroup", "-access")}`),
        );
        break;
      case "aws:lb/targetGroupAttachment:TargetGroupAttachment": {
        const balancer = ownerOf(name, resources, "aws:lb/loadBalancer:LoadBalancer", "-lb");
        most(targetsOf(balancer, resources), one(`${type} ${balancer}`));
        break;
      }
      case "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
        most("rolePolicies", one(`${type} ${ownerOf(name, resources, "aws:iam/role:Role", "")}`));
        break;
      case "aws:route53/resolverEndpoint:ResolverEndpoint":
        most("resolverAddresses", lengthOf(inputs.ipAddresses));
        break;
      case "aws:route53/resolverRule:ResolverRule":
        most("resolverTargets", lengthOf(inputs.targetIps));
        break;
    }
  }
  return Object.keys(quotas).flatMap((name) => {
    const count = used.get(name as QuotaName);
    return count === undefined ? [] : [{ quota: name as QuotaName, used: count }];
  });
}

/** Returns the quota that counts the targets of a load balancer, by the balancer's component. */
function targetsOf(balancer: string, resources: readonly Counted[]): QuotaName {
  const { inputs } = resources.find(({ name }) => name === `${balancer}-lb`) ?? {};
  return inputs?.loadBalancerType === "application" ? "applicationTargets" : "targets";
}

/** Returns the component of a child, by its name: the longest one that the child's name begins with. */
function ownerOf(child: string, resources: readonly Counted[], type: string, end: string): string {
  const owners = resources.flatMap((one) =>
    one.type === type ? [one.name.slice(0, one.name.length - end.length)] : [],
  );
  const fitting = owners.filter((owner) => child.startsWith(`${owner}-`));
  return fitting.toSorted((one, other) => other.length - one.length)[0] ?? "";
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** Returns a warning for each quota that a stack exceeds alone, as a new account has it. */
export function quotaWarnings(uses: readonly Use[]): readonly Problem[] {
  return uses.flatMap(({ quota: name, used }): readonly Problem[] => {
    const { what, value, more }: Quota = quotas[name];
    return problemIf(used > value, {
      field: what,
      value: String(used),
      rule: `must not exceed the account's quota, ${value} by default`,
      remedy:
        "remedy" in more
          ? more.remedy
          : `run \`${moreCommand(more, used)}\` unless the account has more already`,
    });
  });
}

/** Returns the command that asks AWS for more. */
export const moreCommand = (
  { service, code }: { readonly service: string; readonly code: string },
  desired: number,
): string =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${desired}`;
