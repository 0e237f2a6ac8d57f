import test from "ava";
import { Network } from "../../../components/network/network.ts";
import {
  OutboundResolver,
  type OutboundResolverArgs,
} from "../../../components/private-connectivity/outbound-resolver.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { built, failure, tagged } from "../cloud.ts";

const zones = ["us-east-1a", "us-east-1b"];
const home = { "home.arpa": ["192.168.1.1", "192.168.1.2"], lan: ["192.168.1.1"] };

function resolver(forward: OutboundResolverArgs["forward"] = home, of: readonly string[] = zones) {
  const network = new Network("home", { cidr: "10.0.0.0/16", zones: of });
  return new OutboundResolver("out", { vpcId: network.vpcId, subnets: network.privateSubnets, forward });
}

test.serial("one endpoint has a rule for each domain", async (t) => {
  const { names, child, children, component } = await built(() => resolver());
  t.deepEqual(
    names.filter((name) => name.includes(" out-")),
    [
      "ResolverEndpoint out-endpoint",
      "ResolverRule out-home.arpa",
      "ResolverRule out-lan",
      "ResolverRuleAssociation out-home.arpa",
      "ResolverRuleAssociation out-lan",
      "SecurityGroup out-access",
      "SecurityGroupEgressRule out-tcp-to-192.168.1.1",
      "SecurityGroupEgressRule out-tcp-to-192.168.1.2",
      "SecurityGroupEgressRule out-udp-to-192.168.1.1",
      "SecurityGroupEgressRule out-udp-to-192.168.1.2",
    ],
  );
  const own = children.filter(({ name }) => name.startsWith("out-"));
  t.true(own.every(({ parent }) => parent.endsWith("::hybrid:private-connectivity:OutboundResolver::out")));
  const endpoint = child("ResolverEndpoint", "out-endpoint");
  // Without a name, a replacement is created before the deletion: AWS deletes no endpoint that rules are using.
  t.deepEqual(endpoint.inputs, {
    direction: "OUTBOUND",
    protocols: ["Do53"],
    securityGroupIds: [child("SecurityGroup", "out-access").id],
    ipAddresses: zones.map((zone) => ({ subnetId: child("Subnet", `home-private-${zone}`).id })),
    tags: tagged("out-endpoint"),
  });
  const rule = child("ResolverRule", "out-home.arpa");
  t.deepEqual(rule.inputs, {
    name: "out-home-arpa",
    ruleType: "FORWARD",
    domainName: "home.arpa",
    resolverEndpointId: endpoint.id,
    targetIps: [{ ip: "192.168.1.1" }, { ip: "192.168.1.2" }],
    tags: tagged("out-home.arpa"),
  });
  t.deepEqual(child("ResolverRuleAssociation", "out-home.arpa").inputs, {
    name: "out-home-arpa",
    resolverRuleId: rule.id,
    vpcId: child("Vpc", "home-vpc").id,
  });
  t.is(await valueOfOutput(component.id), endpoint.id);
  t.is(component.ready.length, 4 + 2);
});

test.serial("it may ask only the named servers", async (t) => {
  const { child, names } = await built(() => resolver());
  t.deepEqual(child("SecurityGroupEgressRule", "out-udp-to-192.168.1.2").inputs, {
    securityGroupId: child("SecurityGroup", "out-access").id,
    cidrIpv4: "192.168.1.2/32",
    ipProtocol: "udp",
    fromPort: 53,
    toPort: 53,
    tags: tagged("out-udp-to-192.168.1.2"),
  });
  t.false(names.some((name) => name.startsWith("SecurityGroupIngressRule")));
});

test.serial("the name of a long domain's rule is cut to the 64 characters that AWS takes", async (t) => {
  const domain = `${"a".repeat(60)}.${"b".repeat(60)}`;
  const { child } = await built(() => resolver({ [domain]: ["192.168.1.1"] }));
  t.is(String(child("ResolverRule", `out-${domain}`).inputs.name).length, 64);
});

const circles =
  "192.168.1.1: must not be forwarded: the site asks the VPC for AWS's own names, so the queries would go in circles; forward only names that the site's servers know themselves";
const refused: [forward: OutboundResolverArgs["forward"], message: string, of?: readonly string[]][] = [
  ...["us-east-1.amazonaws.com", "amazonaws.com", "com", "us-east-1.api.aws"].map(
    (domain): [OutboundResolverArgs["forward"], string] => [
      { [domain]: ["192.168.1.1"] },
      `out.forward.${domain}: ${circles}`,
    ],
  ),
  [
    {},
    "out.forward: (none): must have one domain or more: an outbound resolver is there to forward; name one, or remove the resolver",
  ],
  [{ lan: [] }, "out.forward.lan: (none): must have one DNS server or more; name an address"],
  [
    home,
    "out.subnets: us-east-1a: must be two zones or more: AWS takes no resolver with a single address; add a zone",
    ["us-east-1a"],
  ],
];
for (const [forward, message, of] of refused) {
  test.serial(`refused: ${message}`, async (t) => {
    t.is(await failure(() => resolver(forward, of)), message);
  });
}

test.serial("a domain that only looks like AWS's is forwarded", async (t) => {
  const { names } = await built(() => resolver({ "myamazonaws.com": ["192.168.1.1"] }));
  t.true(names.includes("ResolverRule out-myamazonaws.com"));
});
