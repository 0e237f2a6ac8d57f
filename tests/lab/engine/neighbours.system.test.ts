/** Two stacks in one account: behind one public address, and on one VPC. */
import test from "ava";
import type { StackConfig } from "../../../lab/engine/config.ts";
import { account, failureOf, hostKey, ofStack, site } from "./account.ts";

/** The second site with another range. */
function inRange(cidr: string, address: string, more: Partial<StackConfig>): StackConfig {
  const second = site(2, more);
  return { ...second, site: { ...second.site, cidr }, hosts: { gateway: { address, hostKey } } };
}

for (const first of ["dev", "home"] as const)
  test.serial(`two stacks behind one public address are destroyed, ${first} first`, async (t) => {
    const { aws, open } = await account(t);
    const stacks = { dev: await open("dev"), home: await open("home") };
    await stacks.dev.to(site(1));
    await stacks.home.to(site(1));
    const second = first === "dev" ? "home" : "dev";
    const before = ofStack(aws, second);
    await stacks[first].destroy();
    t.deepEqual(ofStack(aws, second), before);
    t.deepEqual((await stacks[second].to(site(1))).steps, []);
    await stacks[second].destroy();
    t.deepEqual(
      aws.resources().map(({ type, id }) => `${type} ${id}`),
      [],
    );
  });

test.serial(
  "a second site joins the first one's VPC as a stack of its own, changes, and leaves",
  async (t) => {
    const { aws, open } = await account(t);
    const first = await open("first");
    const second = await open("second");
    const ownNetwork = { cidr: "10.7.0.0/16", publicSubnets: true } as const;
    const shared = site(1, { network: ownNetwork, vpn: { shared: true } });
    const { outputs } = await first.to(shared);
    const vpc = outputs.vpc?.value;
    const gatewayId = outputs.vpn?.value.gatewayId;
    const [a, b] = ["us-east-1a", "us-east-1b"] as const;
    const existing = {
      vpcId: vpc.id,
      privateSubnetIds: { [a]: vpc.privateSubnetIds[0], [b]: vpc.privateSubnetIds[1] },
      publicSubnetIds: { [a]: vpc.publicSubnetIds[0], [b]: vpc.publicSubnetIds[1] },
      routeTableIds: vpc.routeTableIds,
    };
    const network = { cidr: "10.7.0.0/16", existing };
    const before = ofStack(aws, "first");
    const routesTo = (cidr: string) =>
      aws
        .resources("aws:ec2/route:Route")
        .filter(({ inputs }) => inputs.destinationCidrBlock === cidr)
        .map(({ inputs }) => [inputs.routeTableId, inputs.gatewayId]);
    const everyTable = Object.values<string>(vpc.routeTableIds).map((table) => [table, gatewayId]);
    const propagations = () => aws.resources("aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation");
    const propagated = propagations();

    // Without the gateway's id, the second stack would make another one.
    const refusal = `vpn.vpnGatewayId: (missing): must be ${gatewayId}, the VPN gateway of ${vpc.id}: a VPC has one at most; set vpn.vpnGatewayId to ${gatewayId}`;
    await second.setConfig(site(2, { network }));
    for (const run of [() => second.preview(), () => second.up()]) {
      const said = await failureOf(run);
      t.true(said.includes(refusal), said);
    }
    t.is(aws.resources("aws:ec2/vpnGateway:VpnGateway").length, 1);

    const vpn = { vpnGatewayId: gatewayId };
    await second.to(site(2, { network, vpn }));
    t.deepEqual(ofStack(aws, "first"), before);
    t.deepEqual(routesTo("192.168.2.0/24").toSorted(), everyTable.toSorted());
    t.deepEqual((await second.to(site(2, { network, vpn }))).steps, []);
    const tables = Object.entries<string>(vpc.routeTableIds).map(([name, id]) => [`${name}-table`, id]);
    const renamed = { ...network, existing: { ...existing, routeTableIds: Object.fromEntries(tables) } };
    t.deepEqual((await second.to(site(2, { network: renamed, vpn }))).steps, []);
    t.deepEqual((await first.to(shared)).steps, []);

    // The sites must differ.
    const overlapping = inRange("192.168.0.0/23", "192.168.0.196", { network, vpn });
    await second.setConfig(overlapping);
    t.regex(
      await failureOf(() => second.up()),
      /site\.cidr: 192\.168\.0\.0\/23: must not overlap 192\.168\.1\.0\/24, to which vgw-\w+ has a route by vpn-\w+: the VPC could not tell the two sites apart; choose another range for one of the sites/,
    );

    const moved = await second.to(inRange("192.168.3.0/24", "192.168.3.196", { network, vpn }));
    t.true(
      moved.steps.some((step) => /^delete Route vpn-rtb-\w+-192\.168\.2\.0\/24$/.test(step)),
      moved.steps.join("\n"),
    );
    t.deepEqual(routesTo("192.168.2.0/24"), []);
    t.deepEqual(routesTo("192.168.3.0/24").toSorted(), everyTable.toSorted());

    // A destroy of the first stack would take the VPN gateway from the second one's site.
    const everything = structuredClone(aws.resources());
    const joined = ofStack(aws, "second");
    const isProtected = /vpn-gateway.* cannot be deleted\s+because it is protected/s;
    t.regex(await failureOf(() => first.destroy({ previewOnly: true })), isProtected);
    t.deepEqual(aws.resources(), everything);
    // Without a preview, the engine deletes what the VPN gateway does not stand on.
    t.regex(await failureOf(() => first.destroy()), isProtected);
    t.deepEqual(ofStack(aws, "second"), joined);
    t.deepEqual(routesTo("192.168.3.0/24").toSorted(), everyTable.toSorted());
    const attached = aws.invoke("aws:ec2/getVpnGateway:getVpnGateway", { attachedVpcId: vpc.id });
    t.is(attached.id, gatewayId);
    const gone = everything.filter(({ type, key }) => !aws.resource(type, key)).map(({ type }) => type);
    t.false(
      gone.some((type) => /^aws:ec2\/(vpc|subnet|route|routeTable|routeTableAssociation):/.test(type)),
      gone.join(),
    );
    await first.to(shared);

    await second.destroy();
    t.deepEqual(routesTo("192.168.3.0/24"), []);
    t.is(propagations().length, propagated.length);
    t.deepEqual((await first.to(site(1, { network: ownNetwork }))).steps, []);
    await first.destroy();
    t.deepEqual(aws.resources().length, 0);
  },
);
