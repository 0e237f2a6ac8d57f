import test from "ava";
import { desiredNetwork } from "../../../lab/aws/network.ts";
import { Account } from "./account.ts";

const resolverType = "aws:route53/resolverEndpoint:ResolverEndpoint";

test("the network has endpoints, resolvers and forwarding rules, with what their security groups admit", (t) => {
  const account = new Account();
  const { aws } = account;
  const vpcId = account.vpc();
  const [a, b] = account.subnets(vpcId);
  const group = account.make("securityGroup", {
    name: "endpoints",
    vpcId,
    ingress: [{ protocol: "icmp", fromPort: 8, toPort: 0, cidrBlocks: ["10.0.0.0/16"] }],
  });
  const rule = (more: object) =>
    account.make("securityGroupIngressRule", { securityGroupId: group, ...more });
  rule({ ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "192.168.1.0/24" });
  rule({ ipProtocol: "-1", cidrIpv4: "10.0.0.0/16" });
  rule({ ipProtocol: "tcp", fromPort: 1, toPort: 2, referencedSecurityGroupId: group });
  const admit = [
    { from: "192.168.1.0/24", protocol: "tcp", ports: [443, 443] },
    { from: "10.0.0.0/16", protocol: "all" },
    { from: "10.0.0.0/16", protocol: "icmp" },
  ];
  const endpoint = (service: string, more: object) =>
    account.make("vpcEndpoint", { vpcId, serviceName: `com.amazonaws.us-east-1.${service}`, ...more });
  const inside = { vpcEndpointType: "Interface", securityGroupIds: [group], privateDnsEnabled: true };
  endpoint("s3", {});
  endpoint("ecs-agent", { ...inside, subnetIds: [a, b] });
  endpoint("s3", { ...inside, subnetIds: [a] });
  endpoint("logs", { ...inside, subnetIds: [b], privateDnsEnabled: false });
  const resolver = (direction: string) =>
    aws.create(resolverType, {
      direction,
      ipAddresses: [{ subnetId: a }, { subnetId: b }],
      securityGroupIds: [group],
    });
  resolver("INBOUND");
  const { id: resolverEndpointId } = resolver("OUTBOUND");
  const { id: resolverRuleId } = aws.create("aws:route53/resolverRule:ResolverRule", {
    domainName: "home.arpa",
    ruleType: "FORWARD",
    resolverEndpointId,
    targetIps: [{ ip: "192.168.1.1" }],
  });
  t.deepEqual(desiredNetwork(aws).forwarding, [], "a rule without a VPC");
  aws.create("aws:route53/resolverRuleAssociation:ResolverRuleAssociation", { resolverRuleId, vpcId });

  const { endpoints, resolvers, forwarding } = desiredNetwork(aws);
  t.deepEqual(
    endpoints.map(({ service, privateDns, names, addresses }) => [
      service,
      privateDns,
      names[0],
      addresses.map(({ zone }) => zone).toSorted(),
    ]),
    [
      ["ecs-agent", "all", "ecs-a.us-east-1.amazonaws.com", ["us-east-1a", "us-east-1b"]],
      ["s3", "inbound resolvers", "s3.us-east-1.amazonaws.com", ["us-east-1a"]],
      ["logs", "none", "logs.us-east-1.amazonaws.com", ["us-east-1b"]],
    ],
  );
  for (const { admit: seen } of [...endpoints, ...resolvers]) t.deepEqual(seen, admit as typeof seen);
  t.deepEqual(
    resolvers.map(({ direction, addresses }) => [direction, addresses.length]),
    [
      ["INBOUND", 2],
      ["OUTBOUND", 2],
    ],
  );
  t.deepEqual(forwarding, [
    {
      domain: "home.arpa",
      servers: ["192.168.1.1"],
      from: resolvers[1]?.addresses.map(({ address }) => address) ?? [],
    },
  ]);
  const all = [...endpoints, ...resolvers].flatMap((one) => one.addresses.map(({ address }) => address));
  t.is(new Set(all).size, all.length);
});
