import test from "ava";
import { Aws } from "../../../lab/aws/aws.ts";
import { alarmState, observe } from "../../../lab/aws/control/telemetry.ts";
import { desiredNetwork } from "../../../lab/aws/network.ts";
import { Account, trust, typeOf } from "./account.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

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

test("a VPN connection gets addresses, keys and configuration from AWS", (t) => {
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

test("what the provider reads back though it was never asked for is a change at every update", (t) => {
  const a = new Account();
  const inputs = { type: "ipsec.1", ipAddress: "198.51.100.7" };
  const id = a.make("customerGateway", inputs);
  t.deepEqual(a.aws.diff(typeOf("customerGateway"), id, {}, inputs).replaces, ["bgpAsn"]);
  t.false(a.aws.diff(typeOf("customerGateway"), id, {}, { ...inputs, bgpAsn: "65000" }).changes);
});

test("a replacement under the user's own name deletes first, under a made-up one not", (t) => {
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

test("JSON that means the same is no change; a value not known yet is one", (t) => {
  const a = new Account();
  const id = a.nodeRole();
  const inputs = a.aws.resource(typeOf("role"), id)?.inputs ?? {};
  const assumeRolePolicy = JSON.stringify(JSON.parse(String(inputs.assumeRolePolicy)), null, 2);
  t.false(a.aws.diff(typeOf("role"), id, {}, { ...inputs, assumeRolePolicy }).changes);
  t.deepEqual(a.aws.diff(typeOf("role"), id, {}, { ...inputs, name: unknown }).replaces, ["name"]);
});

test("what is not known yet is not checked, and the rest is", (t) => {
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

test("names are made up as Pulumi does, and kept", (t) => {
  const { aws } = new Account();
  const { inputs } = aws.check(typeOf("targetGroup"), "a-very-long-name-for-a-target-group", {}, {});
  t.regex(String(inputs.name), /^a-very-long-name-for-a-t-[0-9a-f]{7}$/);
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

/** A connection with a route, and a load balancer with a target on the site. */
function network() {
  const a = new Account();
  const vpcId = a.vpc();
  const subnets = a.subnets(vpcId);
  const logs = a.make("logGroup", { name: "/vpn" });
  const vpn = a.make("vpnConnection", {
    ...a.gateways(vpcId),
    type: "ipsec.1",
    staticRoutesOnly: true,
    tunnel1LogOptions: {
      cloudwatchLogOptions: {
        logEnabled: true,
        logGroupArn: a.text("logGroup", logs, "arn"),
        logOutputFormat: "json",
      },
    },
  });
  a.make("vpnConnectionRoute", { vpnConnectionId: vpn, destinationCidrBlock: "192.168.1.0/24" });
  const lb = a.make("loadBalancer", { name: "web", internal: true, loadBalancerType: "network", subnets });
  const group = a.make("targetGroup", {
    name: "hits",
    port: 8080,
    protocol: "TCP",
    targetType: "ip",
    vpcId,
    healthCheck: { protocol: "HTTP", path: "/health", interval: 10 },
  });
  a.make("targetGroupAttachment", {
    targetGroupArn: group,
    targetId: "192.168.1.101",
    port: 8080,
    availabilityZone: "all",
  });
  a.make("listener", {
    loadBalancerArn: lb,
    port: 80,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: group }],
  });
  return { a, vpn, group };
}

test("the network that is wanted follows from the account", (t) => {
  const { a, vpn, group } = network();
  const wanted = desiredNetwork(a.aws);
  t.like(wanted.vpnConnections[0], {
    id: vpn,
    vpcCidr: "10.0.0.0/16",
    customerGatewayAddress: "198.51.100.7",
    siteCidrs: ["192.168.1.0/24"],
  });
  t.like(wanted.vpnConnections[0]?.tunnels[0], {
    outsideAddress: "203.0.113.17",
    startupAction: "add",
    dpdTimeoutSeconds: 30,
  });
  const [lb] = wanted.loadBalancers;
  t.deepEqual(lb?.addresses, ["10.0.1.16", "10.0.2.16"]);
  t.regex(lb?.dnsName ?? "", /^web-[0-9a-f]{16}\.elb\.us-east-1\.amazonaws\.com$/);
  t.deepEqual(lb?.listeners[0], {
    port: 80,
    protocol: "TCP",
    targetGroupArn: group,
    targets: [{ id: "192.168.1.101", port: 8080 }],
    healthCheck: {
      protocol: "HTTP",
      port: "traffic-port",
      path: "/health",
      matcher: "200-399",
      intervalSeconds: 10,
      timeoutSeconds: 6,
      healthyThreshold: 3,
      unhealthyThreshold: 3,
    },
  });
});

test("tunnels that come up show in telemetry, metric, alarm and log", (t) => {
  const { a, vpn } = network();
  const alarm = {
    name: "tunnel1",
    namespace: "AWS/VPN",
    metricName: "TunnelState",
    dimensions: { VpnId: vpn, TunnelIpAddress: "203.0.113.17" },
    statistic: "Maximum",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    period: 60,
    evaluationPeriods: 1,
    treatMissingData: "breaching",
  };
  a.make("metricAlarm", alarm);
  t.is(alarmState(a.aws, "tunnel1"), "ALARM");
  a.make("metricAlarm", { ...alarm, name: "both", dimensions: { VpnId: vpn }, statistic: "Minimum" });
  a.make("metricAlarm", {
    ...alarm,
    name: "slow",
    dimensions: { TunnelIpAddress: "203.0.113.17" },
    period: 300,
  });
  const seen = (up: boolean) => ({
    tunnels: [{ outsideAddress: "203.0.113.17", up, statusMessage: up ? "" : "IPSEC IS DOWN" }],
    targets: [],
  });
  t.true(observe(a.aws, seen(true)));
  t.false(observe(a.aws, seen(true)));
  t.like((a.outputs("vpnConnection", vpn).vgwTelemetries as object[])[0], {
    status: "UP",
    acceptedRouteCount: 1,
  });
  t.is(alarmState(a.aws, "tunnel1"), "OK");
  // One of two tunnels: half.
  t.is(alarmState(a.aws, "both"), "ALARM");
  t.regex(
    a.aws.runtime.logs["/vpn"]?.[`${vpn}-203.0.113.17`]?.events[0]?.message ?? "",
    /"ike_phase1_state":"established"/,
  );
  a.pass(60);
  observe(a.aws, seen(false));
  t.is(alarmState(a.aws, "tunnel1"), "ALARM");
  // Its maximum over five minutes still holds the minute before.
  t.is(alarmState(a.aws, "slow"), "OK");
  a.pass(300);
  t.is(alarmState(a.aws, "slow"), "ALARM");
});
