import test from "ava";
import { Network } from "../../../components/network/network.ts";
import {
  InboundResolver,
  type InboundResolverArgs,
} from "../../../components/private-connectivity/inbound-resolver.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { built, failure, tagged } from "../cloud.ts";

const zones = ["us-east-1a", "us-east-1b"];

function resolver(more: Partial<InboundResolverArgs> = {}, of: readonly string[] = zones) {
  const network = new Network("home", { cidr: "10.0.0.0/16", zones: of });
  return new InboundResolver("dns", {
    vpcId: network.vpcId,
    siteCidrs: ["192.168.1.0/24"],
    subnets: network.privateSubnets,
    ...more,
  });
}

test.serial("AWS chooses an address in each zone", async (t) => {
  const { names, child, component, children } = await built(() => resolver());
  t.deepEqual(
    names.filter((name) => name.includes(" dns-")),
    [
      "ResolverEndpoint dns-endpoint",
      "SecurityGroup dns-access",
      "SecurityGroupIngressRule dns-tcp-from-192.168.1.0/24",
      "SecurityGroupIngressRule dns-udp-from-192.168.1.0/24",
    ],
  );
  const own = children.filter(({ name }) => name.startsWith("dns-"));
  t.true(own.every(({ parent }) => parent.endsWith("::hybrid:private-connectivity:InboundResolver::dns")));
  t.deepEqual(child("ResolverEndpoint", "dns-endpoint").inputs, {
    name: "dns",
    direction: "INBOUND",
    protocols: ["Do53"],
    securityGroupIds: [child("SecurityGroup", "dns-access").id],
    ipAddresses: zones.map((zone) => ({ subnetId: child("Subnet", `home-private-${zone}`).id })),
    tags: tagged("dns-endpoint"),
  });
  // The simulated AWS, like the real one, lists them in another order.
  const [first, second, ...more] = await valueOfOutput(component.addresses);
  t.regex(first ?? "", /^10\.0\.0\.\d+$/);
  t.regex(second ?? "", /^10\.0\.16\.\d+$/);
  t.deepEqual(more, []);
  t.is(await valueOfOutput(component.id), child("ResolverEndpoint", "dns-endpoint").id);
  t.deepEqual(
    (await Promise.all(component.ready.map(({ urn }) => valueOfOutput(urn)))).toSorted(),
    ["dns-endpoint", "dns-tcp-from-192.168.1.0/24", "dns-udp-from-192.168.1.0/24"]
      .map((name) => own.find((resource) => resource.name === name)?.urn)
      .toSorted(),
  );
});

test.serial("only the site may ask, by TCP and UDP on port 53", async (t) => {
  const { child } = await built(() => resolver());
  for (const ipProtocol of ["tcp", "udp"]) {
    t.deepEqual(child("SecurityGroupIngressRule", `dns-${ipProtocol}-from-192.168.1.0/24`).inputs, {
      securityGroupId: child("SecurityGroup", "dns-access").id,
      cidrIpv4: "192.168.1.0/24",
      ipProtocol,
      fromPort: 53,
      toPort: 53,
      tags: tagged(`dns-${ipProtocol}-from-192.168.1.0/24`),
    });
  }
});

test.serial("fixed addresses, in the zones that have one", async (t) => {
  const addresses = { "us-east-1c": "10.0.32.10", "us-east-1a": "10.0.0.10" };
  const { child, component } = await built(() =>
    resolver({ addresses }, ["us-east-1a", "us-east-1b", "us-east-1c"]),
  );
  t.deepEqual(child("ResolverEndpoint", "dns-endpoint").inputs.ipAddresses, [
    { subnetId: child("Subnet", "home-private-us-east-1a").id, ip: "10.0.0.10" },
    { subnetId: child("Subnet", "home-private-us-east-1c").id, ip: "10.0.32.10" },
  ]);
  t.deepEqual(await valueOfOutput(component.addresses), ["10.0.0.10", "10.0.32.10"]);
  const { replacementTrigger, deleteBeforeReplace } = child("ResolverEndpoint", "dns-endpoint");
  t.is(
    replacementTrigger,
    "us-east-1a=10.0.0.10,us-east-1c=10.0.32.10",
    "Pulumi's provider ignores another address",
  );
  t.true(deleteBeforeReplace, "AWS gives an address once");
});

test.serial("the VPC's queries go to a log group of their own", async (t) => {
  const { child } = await built(() => resolver({ queryLogs: { retentionDays: 30 } }));
  const group = child("LogGroup", "dns-queries");
  t.deepEqual(group.inputs, {
    name: "/aws/vendedlogs/resolver/hybrid-test/dns",
    retentionInDays: 30,
    tags: tagged("dns-queries"),
  });
  const config = child("ResolverQueryLogConfig", "dns-queries");
  t.deepEqual(config.inputs, {
    name: "dns-queries",
    destinationArn: group.state.arn,
    tags: tagged("dns-queries"),
  });
  t.deepEqual(child("ResolverQueryLogConfigAssociation", "dns-queries").inputs, {
    resolverQueryLogConfigId: config.id,
    resourceId: child("Vpc", "home-vpc").id,
  });
});

const at = (a: string, b: string, zone = "us-east-1b") => ({ addresses: { "us-east-1a": a, [zone]: b } });
const refused: [args: Partial<InboundResolverArgs>, message: string, of?: readonly string[]][] = [
  [
    at("10.1.0.10", "10.0.16.10"),
    "dns.addresses.us-east-1a: 10.1.0.10: must lie in the subnet of us-east-1a, 10.0.0.0/20; choose one from 10.0.0.4 to 10.0.15.254",
  ],
  [
    at("10.0.0.10", "10.0.0.11"),
    "dns.addresses.us-east-1b: 10.0.0.11: must lie in the subnet of us-east-1b, 10.0.16.0/20; choose one from 10.0.16.4 to 10.0.31.254",
  ],
  [
    at("10.0.0.10", "10.0.0.10"),
    "dns.addresses.us-east-1b: 10.0.0.10: must lie in the subnet of us-east-1b, 10.0.16.0/20; choose one from 10.0.16.4 to 10.0.31.254",
  ],
  ...["10.0.0.0", "10.0.0.2", "10.0.0.3", "10.0.15.255"].map((address): [object, string] => [
    at(address, "10.0.16.10"),
    `dns.addresses.us-east-1a: ${address}: must not be one of the first four addresses of 10.0.0.0/20 or the last: AWS keeps them; choose one from 10.0.0.4 to 10.0.15.254`,
  ]),
  [
    at("10.0.0.10", "10.0.32.10", "us-east-1c"),
    "dns.addresses.us-east-1c: 10.0.32.10: must be in a zone where the VPC has a subnet (us-east-1a, us-east-1b); choose one of these zones",
  ],
  [
    { addresses: { "us-east-1a": "10.0.0.10" } },
    "dns.addresses: us-east-1a: must be two zones or more: AWS takes no resolver with a single address; add a zone",
  ],
  [
    {},
    "dns.subnets: us-east-1a: must be two zones or more: AWS takes no resolver with a single address; add a zone",
    ["us-east-1a"],
  ],
  [
    { queryLogs: { retentionDays: 2 } },
    "dns.queryLogs.retentionDays: 2: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653: CloudWatch Logs takes no other number of days; choose for example 3",
  ],
];
for (const [args, message, of] of refused) {
  test.serial(`refused: ${message}`, async (t) => {
    t.is(await failure(() => resolver(args, of)), message);
  });
}

test.serial("the first and the last address that AWS gives are taken", async (t) => {
  const { component } = await built(() => resolver(at("10.0.0.4", "10.0.31.254")));
  t.deepEqual(await valueOfOutput(component.addresses), ["10.0.0.4", "10.0.31.254"]);
});
