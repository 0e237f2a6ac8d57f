import test from "ava";
import { describe, isRemedy, isRule } from "../../limits/problem.ts";
import { type Quota, quotas, quotaWarnings, usesOf } from "../../limits/quotas.ts";

const aws = (type: string, name: string, inputs: object = {}) => ({
  type: `aws:${type}`,
  name,
  inputs: { ...inputs },
});
const uses = (resources: Parameters<typeof usesOf>[0]) =>
  Object.fromEntries(usesOf(resources).map(({ quota, used }) => [quota, used]));

test("resources are counted by type; what is per owner, by the owner with most", (t) => {
  t.deepEqual(
    uses([
      aws("ec2/vpc:Vpc", "network-vpc"),
      aws("ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "network-100.64.0.0/16"),
      aws("ec2/vpcEndpoint:VpcEndpoint", "network-s3", { vpcEndpointType: "Gateway" }),
      aws("ec2/vpcEndpoint:VpcEndpoint", "endpoints-ssm", { vpcEndpointType: "Interface" }),
      aws("ec2/natGateway:NatGateway", "network-nat-us-east-1a"),
      aws("ec2/natGateway:NatGateway", "network-nat-us-east-1b"),
      aws("ec2/securityGroup:SecurityGroup", "web-access"),
      aws("ec2/securityGroup:SecurityGroup", "web-2-access"),
      aws("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-from-site"),
      aws("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-2-from-site"),
      aws("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-2-from-vpc"),
      aws("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "web-2-to-site"),
      aws("iam/role:Role", "web-task"),
      aws("iam/role:Role", "web-task-2-task"),
      aws("iam/rolePolicyAttachment:RolePolicyAttachment", "web-task-photos"),
      aws("iam/rolePolicyAttachment:RolePolicyAttachment", "web-task-2-task-photos"),
      aws("iam/rolePolicyAttachment:RolePolicyAttachment", "web-task-2-task-mail"),
      aws("lb/loadBalancer:LoadBalancer", "web-lb", { loadBalancerType: "network" }),
      aws("lb/loadBalancer:LoadBalancer", "web-2-lb", { loadBalancerType: "application" }),
      aws("route53/resolverEndpoint:ResolverEndpoint", "inbound-endpoint", { ipAddresses: [{}, {}, {}] }),
      aws("route53/resolverRule:ResolverRule", "outbound-home.arpa", { targetIps: [{}, {}] }),
    ]),
    {
      vpcs: 1,
      cidrs: 2,
      natGateways: 1,
      securityGroups: 2,
      groupRules: 2,
      gatewayEndpoints: 1,
      interfaceEndpoints: 1,
      resolverEndpoints: 1,
      resolverAddresses: 3,
      resolverRules: 1,
      resolverTargets: 2,
      networkBalancers: 1,
      applicationBalancers: 1,
      roles: 2,
      rolePolicies: 2,
    },
  );
});

test("a stack that exceeds a quota alone is warned, with the command that asks for more", (t) => {
  const rules = Array.from({ length: 61 }, (_, i) =>
    aws("vpc/securityGroupIngressRule:SecurityGroupIngressRule", `web-from-${i}`),
  );
  const web = aws("ec2/securityGroup:SecurityGroup", "web-access");
  t.deepEqual(quotaWarnings(usesOf([web, ...rules])).map(describe), [
    "Inbound or outbound rules per security group: 61: must not exceed the account's quota, 60 by default; run `aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-0EA8095F --desired-value 61` unless the account has more already",
  ]);
  t.deepEqual(quotaWarnings(usesOf([web, ...rules.slice(1)])), []);
});

test("a service with more than 10 managed policies is warned", (t) => {
  const policies = Array.from({ length: 11 }, (_, i) =>
    aws("iam/rolePolicyAttachment:RolePolicyAttachment", `web-task-${i}`),
  );
  t.deepEqual(quotaWarnings(usesOf([aws("iam/role:Role", "web-task"), ...policies])).map(describe), [
    "Managed policies per role: 11: must not exceed the account's quota, 10 by default; run `aws service-quotas request-service-quota-increase --service-code iam --quota-code L-0DA4ABF3 --desired-value 11` unless the account has more already",
  ]);
});

test("targets count towards the quota of their load balancer's type", (t) => {
  const balancer = (name: string, loadBalancerType: string, targets: number) => [
    aws("lb/loadBalancer:LoadBalancer", `${name}-lb`, { loadBalancerType }),
    aws("lb/targetGroup:TargetGroup", `${name}-tg`),
    ...Array.from({ length: targets }, (_, i) =>
      aws("lb/targetGroupAttachment:TargetGroupAttachment", `${name}-target/pi-${i}`),
    ),
  ];
  const all = [...balancer("web", "application", 1001), ...balancer("web-tcp", "network", 501)];
  t.deepEqual(
    quotaWarnings(usesOf(all)).map(({ field, value, remedy }) => [
      field,
      value,
      /--quota-code (\S+)/.exec(remedy)?.[1],
    ]),
    [
      ["Targets per network load balancer and zone", "501", "L-B211E961"],
      ["Targets per application load balancer", "1001", "L-7E6692B2"],
    ],
  );
});

test("more than 1000 nodes need Systems Manager's advanced tier", (t) => {
  const nodes = Array.from({ length: 1001 }, (_, i) => aws("ssm/activation:Activation", `cluster-pi-${i}-0`));
  t.deepEqual(quotaWarnings(usesOf(nodes)).map(describe), [
    "Nodes of the standard tier per Region, in Systems Manager: 1001: must not exceed the account's quota, 1000 by default; run `aws ssm update-service-setting --setting-id /ssm/managed-instance/activation-tier --setting-value advanced`: the advanced tier costs by node and hour",
  ]);
});

test("every quota has a code, or a remedy", (t) => {
  for (const { what, more } of Object.values(quotas) as Quota[])
    t.true("remedy" in more ? isRemedy(more.remedy) : /^L-[0-9A-F]{8}$/.test(more.code), what);
  const all = quotaWarnings(usesOf([]));
  t.true(all.every(({ rule, remedy }) => isRule(rule) && isRemedy(remedy)));
});
