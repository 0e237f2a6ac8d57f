/** A site on a VPN gateway that is there already: another site's stack, or the company's network, owns it. */
import test from "ava";
import { SiteVpn, type SiteVpnArgs } from "../../../components/connectivity/site-vpn.ts";
import type { Aws } from "../../../lab/aws/aws.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { built, failure } from "../cloud.ts";
import { company, make } from "../network/company.ts";

const args: Omit<SiteVpnArgs, "vpcId" | "routeTableIds"> = {
  site: { publicAddress: "198.51.100.8" },
  siteCidrs: ["192.168.2.0/24", "10.20.0.0/16"],
  insideCidrs: { tunnel1: "169.254.20.0/30", tunnel2: "169.254.21.0/30" },
  logRetentionDays: 30,
};

/** A company's VPC with a VPN gateway, and a site on it. */
function onGateway(prepare: (aws: Aws, vpcId: string) => string = gateway) {
  const there = { vpcId: "", vpnGatewayId: "", routeTableIds: {} as Record<string, string> };
  const options = {
    prepare: (aws: Aws) => {
      Object.assign(there, company(aws));
      there.vpnGatewayId = prepare(aws, there.vpcId);
    },
  };
  return { there, options, build: () => new SiteVpn("vpn", { ...there, ...args }) };
}

function gateway(aws: Aws, vpcId: string): string {
  return make(aws, "ec2/vpnGateway:VpnGateway", { vpcId });
}

test.serial("an existing VPN gateway is used, and neither owned nor told to propagate", async (t) => {
  const { there, options, build } = onGateway();
  const { names, component, child } = await built(build, options);
  t.deepEqual(names, [
    "CustomerGateway vpn-customer-gateway",
    "LogGroup vpn-logs",
    "MetricAlarm vpn-tunnel1-down",
    "MetricAlarm vpn-tunnel2-down",
    "Route vpn-private-10.20.0.0/16",
    "Route vpn-private-192.168.2.0/24",
    "Route vpn-public-10.20.0.0/16",
    "Route vpn-public-192.168.2.0/24",
    "VpnConnection vpn-connection",
    "VpnConnectionRoute vpn-route-10.20.0.0/16",
    "VpnConnectionRoute vpn-route-192.168.2.0/24",
  ]);
  t.is(child("VpnConnection", "vpn-connection").inputs.vpnGatewayId, there.vpnGatewayId);
  t.deepEqual(child("Route", "vpn-public-192.168.2.0/24").inputs, {
    routeTableId: there.routeTableIds.public,
    destinationCidrBlock: "192.168.2.0/24",
    gatewayId: there.vpnGatewayId,
  });
  t.is(await valueOfOutput(component.gatewayId), there.vpnGatewayId);
});

test.serial(
  "a node waits for the routes in every table, and a connection's route goes before them",
  async (t) => {
    const { options, build } = onGateway();
    const { component, child } = await built(build, options);
    const ready = await Promise.all(component.ready.map((resource) => valueOfOutput(resource.urn)));
    const routes = ["private", "public"].flatMap((table) =>
      args.siteCidrs.map((cidr) => child("Route", `vpn-${table}-${cidr}`).urn),
    );
    for (const urn of routes) {
      t.true(ready.includes(urn));
      t.true(child("VpnConnectionRoute", "vpn-route-192.168.2.0/24").dependencies.includes(urn));
    }
  },
);

for (const [title, prepare, told] of [
  [
    "a VPN gateway of another VPC",
    (aws: Aws) => gateway(aws, make(aws, "ec2/vpc:Vpc", { cidrBlock: "10.9.0.0/16" })),
    /: must be the VPN gateway of vpc-\w+, and it is attached to vpc-\w+; correct it, or remove it so that the stack creates one$/,
  ],
  [
    "a VPN gateway of no VPC",
    (aws: Aws) => make(aws, "ec2/vpnGateway:VpnGateway", {}),
    /: must be the VPN gateway of vpc-\w+, and it is attached to none; correct it/,
  ],
  [
    "a VPN gateway that is not there",
    () => "vgw-0123456789abcdef0",
    /vpn\.vpnGatewayId: vgw-0123456789abcdef0: must be the VPN gateway of vpc-\w+, and AWS knows none of this id; correct it/,
  ],
] as const)
  test.serial(`refused: ${title}`, async (t) => {
    const { options, build } = onGateway(prepare);
    t.regex(await failure(build, options), told);
  });
