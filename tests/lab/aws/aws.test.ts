import test from "ava";
import { Aws } from "../../../lab/aws/aws.ts";
import { Account, trust, typeOf } from "./account.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

test("a name that leaves no room for Pulumi's seven digits is an error, and nothing is cut off", (t) => {
  const { aws } = new Account();
  const named = (name: string) => aws.check(typeOf("targetGroup"), name, {}, {}).inputs.name;
  t.regex(String(named("n".repeat(24))), /^n{24}-[0-9a-f]{7}$/);
  t.throws(() => named("n".repeat(25)), {
    message: `could not make instance of 'aws:lb/targetGroup:TargetGroup': name '${"n".repeat(25)}-' plus 7 random chars is longer than maximum length 32`,
  });
});

test("ids have AWS's shape", (t) => {
  const a = new Account();
  const vpcId = a.vpc();
  const [subnetId] = a.subnets(vpcId);
  const { vpnGatewayId, customerGatewayId } = a.gateways(vpcId);
  const vpn = a.make("vpnConnection", { vpnGatewayId, customerGatewayId, type: "ipsec.1" });
  for (const [id, prefix] of [
    [vpcId, "vpc"],
    [subnetId, "subnet"],
    [vpnGatewayId, "vgw"],
    [customerGatewayId, "cgw"],
    [vpn, "vpn"],
  ] as const)
    t.regex(id, new RegExp(`^${prefix}-[0-9a-f]{17}$`));
  t.is(a.text("vpc", vpcId, "arn"), `arn:aws:ec2:us-east-1:123456789012:vpc/${vpcId}`);
});

test("AWS gives a VPN connection its addresses, keys and configuration", (t) => {
  const a = new Account();
  const id = a.vpn({ tunnel1InsideCidr: "169.254.10.0/30", tunnel2PresharedKey: "my.own_key.12345" });
  const o = a.outputs("vpnConnection", id);
  t.like(o, {
    tunnel1Address: "203.0.113.17",
    tunnel2Address: "203.0.113.33",
    tunnel1InsideCidr: "169.254.10.0/30",
    tunnel1VgwInsideAddress: "169.254.10.1",
    tunnel1CgwInsideAddress: "169.254.10.2",
    tunnel2PresharedKey: "my.own_key.12345",
    tunnel1BgpAsn: "64512",
  });
  t.regex(String(o.tunnel1PresharedKey), /^[A-Za-z1-9._][A-Za-z0-9._]{31}$/);
  t.regex(String(o.tunnel2InsideCidr), /^169\.254\.\d+\.\d+\/30$/);
  t.regex(String(o.customerGatewayConfiguration), /<vpn_connection id="vpn-/);
  t.deepEqual(
    (o.vgwTelemetries as { status: string }[]).map((x) => x.status),
    ["DOWN", "DOWN"],
  );
});

test("an update of a tunnel keeps the addresses and the other key", (t) => {
  const a = new Account();
  const id = a.vpn();
  const before = a.outputs("vpnConnection", id);
  const inputs = a.aws.resource(typeOf("vpnConnection"), id)?.inputs ?? {};
  const after = a.aws.update(
    typeOf("vpnConnection"),
    id,
    {},
    { ...inputs, tunnel1PresharedKey: "another.key.of.mine" },
  );
  t.is(after.tunnel1PresharedKey, "another.key.of.mine");
  for (const key of ["tunnel1Address", "tunnel1InsideCidr", "tunnel2PresharedKey", "tunnel2InsideCidr"])
    t.is(after[key], before[key]);
});

const diffs: [
  title: string,
  resource: "vpc" | "vpnConnection" | "activation" | "taskDefinition" | "role",
  change: object,
  replaces: string[],
][] = [
  ["a VPC's range", "vpc", { cidrBlock: "10.1.0.0/16" }, ["cidrBlock"]],
  ["a VPC's tags", "vpc", { tags: { Name: "x" } }, []],
  ["a tunnel's inside range", "vpnConnection", { tunnel1InsideCidr: "169.254.20.0/30" }, []],
  ["a connection's customer gateway", "vpnConnection", { customerGatewayId: "cgw-1" }, []],
  ["static routing", "vpnConnection", { staticRoutesOnly: false }, ["staticRoutesOnly"]],
  ["an activation's expiry", "activation", { expirationDate: "2026-11-29T00:00:00Z" }, ["expirationDate"]],
  [
    "a container's image",
    "taskDefinition",
    { containerDefinitions: '[{"name":"app","image":"app:2","memory":64}]' },
    ["containerDefinitions"],
  ],
  ["a role's name", "role", { name: "other" }, ["name"]],
];
for (const [title, resource, change, replaces] of diffs)
  test(`a change of ${title} ${replaces.length > 0 ? "replaces" : "updates"}`, (t) => {
    const a = new Account();
    const make = {
      vpnConnection: () => a.vpn(),
      vpc: () => a.vpc(),
      role: () => a.nodeRole(),
      activation: () => a.make("activation", { iamRole: a.nodeRole() }),
      taskDefinition: () => a.taskDefinition([{ name: "app", image: "app:1", memory: 64 }]),
    };
    make[resource]();
    const id = a.aws.resources(typeOf(resource))[0]?.id ?? "";
    const inputs = a.aws.resources(typeOf(resource))[0]?.inputs ?? {};
    t.deepEqual(a.aws.diff(typeOf(resource), id, {}, inputs), {
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
    });
    t.deepEqual(a.aws.diff(typeOf(resource), id, {}, { ...inputs, ...change }), {
      changes: true,
      replaces,
      deleteBeforeReplace: false,
    });
  });

test("a value that the provider reads back without an input is a change at every update", (t) => {
  const a = new Account();
  const inputs = { type: "ipsec.1", ipAddress: "198.51.100.7" };
  const id = a.make("customerGateway", inputs);
  t.deepEqual(a.aws.diff(typeOf("customerGateway"), id, {}, inputs).replaces, ["bgpAsn"]);
  t.false(a.aws.diff(typeOf("customerGateway"), id, {}, { ...inputs, bgpAsn: "65000" }).changes);
});

test("an identical request for a customer gateway is answered with the first one", (t) => {
  const a = new Account();
  const inputs = { type: "ipsec.1", ipAddress: "198.51.100.7", bgpAsn: "65000" };
  const id = a.make("customerGateway", inputs);
  t.is(a.make("customerGateway", inputs), id);
  t.is(a.make("customerGateway", { ...inputs, bgpAsn: undefined }), id);
  for (const change of [
    { deviceName: "hybrid-dev-vpn" },
    { deviceName: "hybrid-home-vpn" },
    { ipAddress: "198.51.100.8" },
    { bgpAsn: "65001" },
  ])
    t.not(a.make("customerGateway", { ...inputs, ...change }), id);
});

test("a VPN gateway in use is detached from its VPC, and then not deleted", (t) => {
  const a = new Account();
  const vpcId = a.vpc();
  const gateways = a.gateways(vpcId);
  a.make("vpnConnection", { ...gateways, type: "ipsec.1" });
  t.throws(() => a.drop("vpnGateway", gateways.vpnGatewayId), { message: /The VPN gateway is in use/ });
  const found = a.aws.invoke("aws:ec2/getVpnGateway:getVpnGateway", { id: gateways.vpnGatewayId });
  t.is(found.attachedVpcId, "");
});

test("a replacement deletes first under the user's own name, and creates first under a generated one", (t) => {
  const a = new Account();
  const policy = { assumeRolePolicy: trust("ssm.amazonaws.com") };
  for (const [given, wanted] of [
    [{ name: "node" }, true],
    [{}, false],
  ] as const) {
    const { inputs } = a.aws.check(typeOf("role"), "node", {}, { ...policy, ...given });
    const { id } = a.aws.create(typeOf("role"), inputs);
    const diff = a.aws.diff(typeOf("role"), id, {}, { ...inputs, path: "/hybrid/" });
    t.deepEqual(diff, { changes: true, replaces: ["path"], deleteBeforeReplace: wanted });
  }
});

test("equivalent JSON is not a change; a value that is not known yet is one", (t) => {
  const a = new Account();
  const id = a.nodeRole();
  const inputs = a.aws.resource(typeOf("role"), id)?.inputs ?? {};
  const assumeRolePolicy = JSON.stringify(JSON.parse(String(inputs.assumeRolePolicy)), null, 2);
  t.false(a.aws.diff(typeOf("role"), id, {}, { ...inputs, assumeRolePolicy }).changes);
  t.deepEqual(a.aws.diff(typeOf("role"), id, {}, { ...inputs, name: unknown }).replaces, ["name"]);
});

test("properties that are not known yet are not checked; the others are", (t) => {
  const { aws } = new Account();
  t.deepEqual(
    aws.check(typeOf("subnet"), "s", {}, { vpcId: unknown, cidrBlock: "10.0.0.0/24" }).failures,
    [],
  );
  t.is(
    aws.check(typeOf("subnet"), "s", {}, { vpcId: unknown, cidrBlock: "no" }).failures[0]?.property,
    "cidrBlock",
  );
  t.is(aws.check(typeOf("subnet"), "s", {}, { cidrBlock: "10.0.0.0/24" }).failures[0]?.property, "vpcId");
});

test("names are generated as Pulumi does it, and kept", (t) => {
  const { aws } = new Account();
  const { inputs } = aws.check(typeOf("targetGroup"), "hits-tg", {}, {});
  t.regex(String(inputs.name), /^hits-tg-[0-9a-f]{7}$/);
  t.is(aws.check(typeOf("targetGroup"), "tg", inputs, {}).inputs.name, inputs.name);
});

test("two revisions of a family are two resources, and deleting the old one keeps the new", (t) => {
  const a = new Account();
  const [one, two] = [a.taskDefinition(), a.taskDefinition()];
  t.true(one.endsWith("/app:1") && two.endsWith("/app:2"));
  a.aws.delete(typeOf("taskDefinition"), "app", { arn: one });
  t.is(a.aws.read(typeOf("taskDefinition"), "app", { arn: one }), undefined);
  t.is(a.aws.read(typeOf("taskDefinition"), "app", { arn: two })?.outputs.revision, 2);
  t.is(a.aws.runtime.ecs.definitions[one]?.status, "INACTIVE");
});

test("an account survives its state file", (t) => {
  const a = new Account();
  const id = a.vpn();
  const copy = new Aws({ region: "us-east-1", account: "123456789012" });
  copy.restore(JSON.parse(JSON.stringify(a.aws)));
  t.deepEqual(JSON.parse(JSON.stringify(copy)), JSON.parse(JSON.stringify(a.aws)));
  t.is(
    copy.read(typeOf("vpnConnection"), id)?.outputs.tunnel1PresharedKey,
    a.text("vpnConnection", id, "tunnel1PresharedKey"),
  );
});
