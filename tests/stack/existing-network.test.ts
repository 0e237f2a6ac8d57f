/** The districts of a stack in a VPC that is there already, on the simulated AWS. */
import test, { type ExecutionContext } from "ava";
import { InvalidInput } from "../../config/errors.ts";
import { parse } from "../../config/parse.ts";
import type { Aws } from "../../lab/aws/aws.ts";
import { buildVpn } from "../../stack/connectivity.ts";
import { refuseWhatIsThere } from "../../stack/existing.ts";
import { buildLoadBalancers } from "../../stack/load-balancing.ts";
import { buildNetwork } from "../../stack/network.ts";
import { buildPrivateConnectivity } from "../../stack/private-connectivity.ts";
import { type Company, company, make, range } from "../components/network/company.ts";
import { base, web } from "../config/stack.ts";
import { failureOf, withAws } from "../support/mocks.ts";
import { graphOf } from "../support/program.ts";

/** Builds what a stack has in the company's VPC. */
async function inCompany(t: ExecutionContext, more: object = {}, hasGateway = true) {
  const there = {} as { -readonly [K in keyof Company]: Company[K] } & { vpnGatewayId: string };
  const mocked = await withAws({
    prepare: (aws: Aws) => {
      Object.assign(there, company(aws));
      there.vpnGatewayId = hasGateway
        ? make(aws, "ec2/vpnGateway:VpnGateway", { vpcId: there.vpcId })
        : "vgw-0123456789abcdef0";
    },
  });
  const before = structuredClone(mocked.aws.resources());
  const { vpnGatewayId, ...existing } = there;
  const balancer = { service: "web", type: "application", listenerPort: 80 };
  const config = parse(
    {
      ...base,
      network: { cidr: range, existing },
      vpn: { vpnGatewayId },
      privateEndpoints: { services: ["ssm", "s3"] },
      resolver: { inbound: { addresses: { "us-east-1a": "10.1.1.10", "us-east-1b": "10.1.2.10" } } },
      services: { web },
      loadBalancers: {
        inside: { ...balancer, scheme: "internal" },
        outside: { ...balancer, scheme: "internet-facing", allowFrom: ["0.0.0.0/0"] },
      },
      ...more,
    },
    "us-east-1",
  );
  const build = () => {
    const network = buildNetwork(config);
    buildVpn(config, network);
    buildLoadBalancers(config, network, buildPrivateConnectivity(config, network));
  };
  return { there, mocked, before, config, build, graph: async () => graphOf(t, await mocked.registered()) };
}

test.serial("endpoints, resolvers, load balancers and the VPN are in the company's subnets", async (t) => {
  const { there, mocked, before, build, graph } = await inCompany(t);
  build();
  const { find } = await graph();
  const privateSubnets = Object.values(there.privateSubnetIds);
  t.deepEqual(find("endpoints-ssm")?.inputs.subnetIds, privateSubnets);
  t.deepEqual(find("inbound-resolver-endpoint")?.inputs.ipAddresses, [
    { subnetId: privateSubnets[0], ip: "10.1.1.10" },
    { subnetId: privateSubnets[1], ip: "10.1.2.10" },
  ]);
  t.deepEqual(find("inside-lb")?.inputs.subnets, privateSubnets);
  t.deepEqual(find("outside-lb")?.inputs.subnets, Object.values(there.publicSubnetIds));
  t.is(find("vpn-connection")?.inputs.vpnGatewayId, there.vpnGatewayId);
  // Whatever the company had is as it was.
  const after = new Map(mocked.aws.resources().map((one) => [`${one.type} ${one.key}`, one]));
  for (const one of before) t.deepEqual(after.get(`${one.type} ${one.key}`), one);
});

for (const own of [true, false])
  test.serial(
    `what leads to the site by ${own ? "the stack's own" : "an existing"} VPN gateway is named after the table's id`,
    async (t) => {
      const { there, config, graph } = await inCompany(t, {}, !own);
      const { private: first, public: second } = there.routeTableIds;
      const { existing } = config.network;
      const network = {
        ...config.network,
        existing: { ...existing, routeTableIds: { a: first, b: second } },
      };
      const vpn = own ? { ...config.vpn, vpnGatewayId: undefined } : config.vpn;
      const renamed = { ...config, network, vpn } as typeof config;
      buildVpn(renamed, buildNetwork(renamed));
      const { find } = await graph();
      for (const table of [first, second])
        t.is(
          find(own ? `vpn-propagation-${table}` : `vpn-${table}-192.168.1.0/24`)?.inputs.routeTableId,
          table,
        );
    },
  );

test.serial("a cluster that AWS does not have is refused before anything is registered", async (t) => {
  const mocked = await withAws({
    prepare: (aws) => void make(aws, "ecs/cluster:Cluster", { name: "shared" }),
  });
  const naming = (name: string) => ({
    ...parse({ ...base, cluster: { existing: { name } } }, "us-east-1"),
    region: "us-east-1",
  });
  await refuseWhatIsThere(naming("shared"));
  await t.throwsAsync(refuseWhatIsThere(naming("shred")), {
    instanceOf: InvalidInput,
    message:
      "cluster.existing.name: shred: must be an active ECS cluster of this account and Region; name one that `aws ecs list-clusters` lists, or remove cluster.existing",
  });
  t.deepEqual(mocked.resources, []);
});

test.serial(
  "a fixed address outside the company's subnet is refused, once AWS has named the subnet's range",
  async (t) => {
    const resolver = { inbound: { addresses: { "us-east-1a": "10.1.9.10", "us-east-1b": "10.1.2.10" } } };
    const { mocked, build } = await inCompany(t, { resolver });
    const { message } = await failureOf(mocked, build);
    t.true(
      message.endsWith(
        "inbound-resolver.addresses.us-east-1a: 10.1.9.10: must lie in the subnet of us-east-1a, 10.1.1.0/24; choose one from 10.1.1.4 to 10.1.1.254",
      ),
      message,
    );
  },
);

test.serial(
  "a VPC and a VPN gateway that are not as the stack file says are refused before anything is registered",
  async (t) => {
    const { there, mocked, config } = await inCompany(t);
    const { vpnGatewayId: _, ...existing } = there;
    await refuseWhatIsThere({ ...config, region: "us-east-1" });
    const wrong = {
      ...config,
      region: "us-east-1",
      network: { ...config.network, cidr: "10.2.0.0/16", existing },
      vpn: { ...config.vpn, vpnGatewayId: "vgw-0123456789abcdef0" },
    } as typeof config & { region: string };
    await t.throwsAsync(refuseWhatIsThere(wrong), {
      instanceOf: InvalidInput,
      message: [
        `network.cidr: 10.2.0.0/16: must be the range of ${there.vpcId}, 10.1.0.0/16; write 10.1.0.0/16`,
        `vpn.vpnGatewayId: vgw-0123456789abcdef0: must be the VPN gateway of ${there.vpcId}, and AWS knows none of this id; correct it, or remove it so that the stack creates one`,
      ].join("\n"),
    });
    t.deepEqual(mocked.resources, []);
  },
);
