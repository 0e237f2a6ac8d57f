/** Resolvers and endpoints that were made and are changed, on the real engine: what stays, and what gets another address. */
import anyTest, { type ExecutionContext, type TestFn } from "ava";
import { Network } from "../../../components/network/network.ts";
import { InboundResolver } from "../../../components/private-connectivity/inbound-resolver.ts";
import { OutboundResolver } from "../../../components/private-connectivity/outbound-resolver.ts";
import { PrivateEndpoints } from "../../../components/private-connectivity/private-endpoints.ts";
import { resolverAddresses } from "../../../lab/aws/services/private-connectivity/resolver-endpoint.ts";
import { pick } from "../../../records.ts";
import { simulatedStack } from "./simulated.ts";

const test = anyTest as TestFn;

/** Opens a stack of this program; `addresses` are those of all resolvers' endpoints that AWS has, by their direction. */
async function world(t: ExecutionContext, program: Parameters<typeof simulatedStack>[1]) {
  const { aws, stack } = await simulatedStack(t, program);
  const endpoints = () =>
    aws.resources("aws:route53/resolverEndpoint:ResolverEndpoint").map(({ id, outputs }) => ({
      id,
      addresses: resolverAddresses(outputs)
        .map(({ ip }) => ip)
        .sort(),
    }));
  return { aws, up: stack.up, endpoints };
}

const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
const network = () => new Network("net", { cidr: "10.0.0.0/16", zones });

test.serial(
  "fixed addresses of the inbound resolver: given, changed and removed, AWS has what the stack says",
  async (t) => {
    let addresses: Record<string, string> | undefined;
    const { up, endpoints } = await world(t, async () => {
      const { vpcId, privateSubnets } = network();
      const siteCidrs = ["192.168.1.0/24"];
      const subnets = pick(privateSubnets, ["us-east-1a", "us-east-1b"]);
      new InboundResolver("dns", { vpcId, siteCidrs, subnets, addresses });
    });
    await up();
    const [chosen] = endpoints();
    addresses = { "us-east-1a": "10.0.0.10", "us-east-1b": "10.0.16.10" };
    await up();
    t.deepEqual(endpoints()[0]?.addresses, ["10.0.0.10", "10.0.16.10"]);
    addresses = { "us-east-1b": "10.0.16.10", "us-east-1a": "10.0.0.11" };
    await up();
    const [changed] = endpoints();
    t.deepEqual(changed?.addresses, ["10.0.0.11", "10.0.16.10"]);
    addresses = { "us-east-1a": "10.0.0.11", "us-east-1b": "10.0.16.10" };
    await up();
    t.deepEqual(endpoints(), [changed], "another order of the zones changes nothing");
    addresses = undefined;
    await up();
    t.deepEqual(endpoints()[0]?.addresses, chosen?.addresses);
    t.is(endpoints().length, 1);
  },
);

test.serial("a zone that comes or goes leaves the resolver's other addresses as they are", async (t) => {
  let of = ["us-east-1a", "us-east-1b"];
  const { up, endpoints } = await world(t, async () => {
    const { vpcId, privateSubnets } = network();
    const subnets = pick(privateSubnets, of);
    new InboundResolver("dns", { vpcId, siteCidrs: ["192.168.1.0/24"], subnets });
  });
  await up();
  const [before] = endpoints();
  of = zones;
  await up();
  const [more] = endpoints();
  t.is(more?.id, before?.id);
  t.is(more?.addresses.length, 3);
  t.true(before?.addresses.every((address) => more?.addresses.includes(address)));
  of = ["us-east-1a", "us-east-1b"];
  await up();
  t.deepEqual(endpoints(), [before]);
});

test.serial(
  "an outbound resolver in another VPC: the rules move to the new endpoint before the old one goes, and back",
  async (t) => {
    let cidr = "10.0.0.0/16";
    const { aws, up, endpoints } = await world(t, async () => {
      const { vpcId, privateSubnets: subnets } = new Network("net", { cidr, zones: zones.slice(0, 2) });
      new OutboundResolver("out", { vpcId, subnets, forward: { "home.arpa": ["192.168.1.1"] } });
    });
    await up();
    const rules = () => aws.resources("aws:route53/resolverRule:ResolverRule");
    const [rule] = rules();
    for (const next of ["10.8.0.0/16", "10.0.0.0/16"]) {
      cidr = next;
      await up();
      t.is(endpoints().length, 1);
      t.deepEqual(
        rules().map(({ id, inputs }) => [id, inputs.resolverEndpointId]),
        [[rule?.id, endpoints()[0]?.id]],
      );
    }
  },
);

test.serial(
  "an endpoint that is replaced (`pulumi up --replace`) hands its private DNS name over",
  async (t) => {
    const { aws, up } = await world(t, async () => {
      const { vpcId, privateSubnets: subnets, cidrs: vpcCidrs } = network();
      const siteCidrs = ["192.168.1.0/24"];
      const { ready } = new PrivateEndpoints("private", {
        vpcId,
        vpcCidrs,
        siteCidrs,
        subnets,
        services: ["ssm"],
      });
      return { urn: ready.at(-1)?.urn };
    });
    const interfaces = () =>
      aws
        .resources("aws:ec2/vpcEndpoint:VpcEndpoint")
        .flatMap(({ id, inputs }) => (inputs.vpcEndpointType === "Interface" ? [id] : []));
    const { outputs } = await up();
    const [before] = interfaces();
    await up({ replace: [String(outputs.urn?.value)] });
    t.is(interfaces().length, 1);
    t.not(interfaces()[0], before);
  },
);

test.serial(
  "a range that moves from the site to the VPC, and back, keeps the rule that lets it in",
  async (t) => {
    const moved = "100.64.0.0/16";
    let siteHasIt = true;
    const { aws, up } = await world(t, async () => {
      const secondaryCidrs = siteHasIt ? [] : [moved];
      const { vpcId, privateSubnets, cidrs } = new Network("net", {
        cidr: "10.0.0.0/16",
        zones,
        secondaryCidrs,
      });
      const siteCidrs = ["192.168.1.0/24", ...(siteHasIt ? [moved] : [])];
      const subnets = privateSubnets;
      new PrivateEndpoints("private", { vpcId, vpcCidrs: cidrs, siteCidrs, subnets, services: ["ssm"] });
    });
    const rules = () =>
      aws
        .resources("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .map(({ id }) => id)
        .sort();
    await up();
    const before = rules();
    for (const has of [false, true]) {
      siteHasIt = has;
      await up();
      t.deepEqual(rules(), before);
    }
  },
);
