import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { SiteVpn, type SiteVpnArgs } from "../../../components/connectivity/site-vpn.ts";
import { Network } from "../../../components/network/network.ts";
import { valueOfOutput } from "../../support/mocks.ts";
import { built, failure, tagged } from "../cloud.ts";

const args: Omit<SiteVpnArgs, "vpcId" | "routeTableIds"> = {
  siteCidrs: ["192.168.1.0/24"],
  site: { publicAddress: "198.51.100.7" },
  insideCidrs: { tunnel1: "169.254.10.0/30", tunnel2: "169.254.11.0/30" },
  logRetentionDays: 30,
};
const zones = ["us-east-1a", "us-east-1b"];

const vpn = (over: Partial<SiteVpnArgs> = {}) => {
  const { vpcId, routeTableIds } = new Network("net", { cidr: "10.0.0.0/16", zones });
  return new SiteVpn("home", { vpcId, routeTableIds, ...args, ...over });
};
const ofVpn = (names: readonly string[]) => names.filter((name) => name.includes(" home-"));

test.serial("it has two ends, a connection, its routes, its logs and an alarm per tunnel", async (t) => {
  const { names, children } = await built(() => vpn());
  t.deepEqual(ofVpn(names), [
    "CustomerGateway home-customer-gateway",
    "LogGroup home-logs",
    "MetricAlarm home-tunnel1-down",
    "MetricAlarm home-tunnel2-down",
    "VpnConnection home-connection",
    "VpnConnectionRoute home-route-192.168.1.0/24",
    "VpnGateway home-gateway",
    "VpnGatewayRoutePropagation home-propagation-us-east-1a",
    "VpnGatewayRoutePropagation home-propagation-us-east-1b",
  ]);
  const own = children.filter(({ name }) => name.startsWith("home-"));
  t.true(own.every(({ parent }) => parent.endsWith("::hybrid:connectivity:SiteVpn::home")));
});

test.serial("every option of both tunnels is set, so that only one proposal can be agreed on", async (t) => {
  const { child } = await built(() => vpn());
  const logOptions = {
    cloudwatchLogOptions: {
      logEnabled: true,
      logGroupArn: child("LogGroup", "home-logs").state.arn,
      logOutputFormat: "json",
    },
  };
  const tunnel = (n: 1 | 2, insideCidr: string) =>
    Object.fromEntries(
      Object.entries({
        IkeVersions: ["ikev2"],
        Phase1EncryptionAlgorithms: ["AES256-GCM-16"],
        Phase1IntegrityAlgorithms: ["SHA2-384"],
        Phase1DhGroupNumbers: [20],
        Phase1LifetimeSeconds: 28800,
        Phase2EncryptionAlgorithms: ["AES256-GCM-16"],
        Phase2IntegrityAlgorithms: ["SHA2-384"],
        Phase2DhGroupNumbers: [20],
        Phase2LifetimeSeconds: 3600,
        RekeyMarginTimeSeconds: 540,
        RekeyFuzzPercentage: 100,
        ReplayWindowSize: 1024,
        DpdTimeoutSeconds: 30,
        DpdTimeoutAction: "restart",
        StartupAction: "add",
        InsideCidr: insideCidr,
        LogOptions: logOptions,
      }).map(([option, value]) => [`tunnel${n}${option}`, value]),
    );
  t.deepEqual(child("VpnConnection", "home-connection").inputs, {
    type: "ipsec.1",
    vpnGatewayId: child("VpnGateway", "home-gateway").id,
    customerGatewayId: child("CustomerGateway", "home-customer-gateway").id,
    staticRoutesOnly: true,
    ...tunnel(1, "169.254.10.0/30"),
    ...tunnel(2, "169.254.11.0/30"),
    tags: tagged("home-connection"),
  });
});

test.serial("every route table has a route to the site", async (t) => {
  const { child, component } = await built(() => vpn());
  t.deepEqual(child("VpnGateway", "home-gateway").inputs, {
    vpcId: child("Vpc", "net-vpc").id,
    tags: tagged("home-gateway"),
  });
  t.deepEqual(child("CustomerGateway", "home-customer-gateway").inputs, {
    type: "ipsec.1",
    ipAddress: "198.51.100.7",
    bgpAsn: "65000",
    deviceName: "hybrid-test-home",
    tags: tagged("home-customer-gateway"),
  });
  t.deepEqual(child("VpnConnectionRoute", "home-route-192.168.1.0/24").inputs, {
    vpnConnectionId: child("VpnConnection", "home-connection").id,
    destinationCidrBlock: "192.168.1.0/24",
  });
  for (const zone of zones) {
    t.deepEqual(child("VpnGatewayRoutePropagation", `home-propagation-${zone}`).inputs, {
      vpnGatewayId: child("VpnGateway", "home-gateway").id,
      routeTableId: child("RouteTable", `net-private-${zone}`).id,
    });
  }
  const ready = await Promise.all(component.ready.map((resource) => valueOfOutput(resource.urn)));
  t.deepEqual(
    ready.map((urn) => urn.slice(urn.lastIndexOf("::") + 2)),
    ["home-route-192.168.1.0/24", "home-propagation-us-east-1a", "home-propagation-us-east-1b"],
  );
});

test.serial("each range of the site has a route of its own, named after it", async (t) => {
  const siteCidrs = ["192.168.1.0/24", "192.168.2.0/24"];
  const { child, component } = await built(() => vpn({ siteCidrs }));
  for (const destinationCidrBlock of siteCidrs)
    t.deepEqual(child("VpnConnectionRoute", `home-route-${destinationCidrBlock}`).inputs, {
      vpnConnectionId: child("VpnConnection", "home-connection").id,
      destinationCidrBlock,
    });
  t.is(component.ready.length, 4);
  // AWS's own ranges of the connection stay 0.0.0.0/0, so another range renegotiates no tunnel.
  t.false("localIpv4NetworkCidr" in child("VpnConnection", "home-connection").inputs);
});

test.serial("the tunnels' outputs are AWS's, and their keys are secrets", async (t) => {
  const { child, component } = await built(() => vpn());
  const { state, id } = child("VpnConnection", "home-connection");
  t.is(await valueOfOutput(component.connectionId), id);
  t.is(await valueOfOutput(component.customerGatewayAddress), "198.51.100.7");
  for (const name of ["tunnel1", "tunnel2"] as const) {
    const tunnel = component.tunnels[name];
    t.is(await valueOfOutput(tunnel.address), String(state[`${name}Address`]));
    t.is(await valueOfOutput(tunnel.cgwInsideAddress), String(state[`${name}CgwInsideAddress`]));
    t.is(await valueOfOutput(tunnel.vgwInsideAddress), String(state[`${name}VgwInsideAddress`]));
    t.is(await valueOfOutput(tunnel.insideCidr), args.insideCidrs[name]);
    t.regex(await valueOfOutput(tunnel.presharedKey), /^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/);
    t.true(await pulumi.isSecret(tunnel.presharedKey));
    t.false(await pulumi.isSecret(tunnel.address));
  }
});

test.serial("configured keys go to AWS as secrets", async (t) => {
  const presharedKeys = { tunnel1: "first.key_1", tunnel2: pulumi.output("second.key_2") };
  const { child, component } = await built(() => vpn({ presharedKeys }));
  const connection = child("VpnConnection", "home-connection");
  t.like(connection.inputs, { tunnel1PresharedKey: "first.key_1", tunnel2PresharedKey: "second.key_2" });
  t.deepEqual(
    connection.secretInputs.filter((input) => input.endsWith("PresharedKey")),
    ["tunnel1PresharedKey", "tunnel2PresharedKey"],
  );
  t.is(await valueOfOutput(component.tunnels.tunnel2.presharedKey), "second.key_2");
});

test.serial("one tunnel gets a key of its own while the other keeps AWS's", async (t) => {
  const { child, component } = await built(() => vpn({ presharedKeys: { tunnel2: "second.key_2" } }));
  const { inputs, state } = child("VpnConnection", "home-connection");
  t.false("tunnel1PresharedKey" in inputs);
  t.is(inputs.tunnel2PresharedKey, "second.key_2");
  t.is(await valueOfOutput(component.tunnels.tunnel1.presharedKey), String(state.tunnel1PresharedKey));
});

test.serial("the logs are kept as configured, in a log group to which AWS delivers", async (t) => {
  const { child } = await built(() => vpn({ logRetentionDays: 90 }));
  t.deepEqual(child("LogGroup", "home-logs").inputs, {
    name: "/aws/vendedlogs/vpn/hybrid-test/home",
    retentionInDays: 90,
    tags: tagged("home-logs"),
  });
});

test.serial("a tunnel that is down for five minutes raises its own alarm", async (t) => {
  const { child } = await built(() => vpn());
  const address = child("VpnConnection", "home-connection").state.tunnel2Address;
  t.deepEqual(child("MetricAlarm", "home-tunnel2-down").inputs, {
    alarmDescription: `The VPN tunnel to ${address} is down`,
    namespace: "AWS/VPN",
    metricName: "TunnelState",
    dimensions: { TunnelIpAddress: address },
    statistic: "Maximum",
    period: 300,
    evaluationPeriods: 1,
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    tags: tagged("home-tunnel2-down"),
  });
});

test.serial("the alarms notify a topic, if there is one", async (t) => {
  const alarmTopicArn = "arn:aws:sns:us-east-1:123456789012:tunnels";
  const { child } = await built(() => vpn({ alarmTopicArn }));
  t.like(child("MetricAlarm", "home-tunnel1-down").inputs, {
    alarmActions: [alarmTopicArn],
    okActions: [alarmTopicArn],
  });
});

const reserved =
  "must be a /30 of 169.254.0.0/16 and none of AWS's own (169.254.0.0/30, 169.254.1.0/30, 169.254.2.0/30, 169.254.3.0/30, 169.254.4.0/30, 169.254.5.0/30, 169.254.169.252/30); choose another, such as 169.254.10.0/30";
const inside = (tunnel1: string, tunnel2 = "169.254.11.0/30") => ({ insideCidrs: { tunnel1, tunnel2 } });
const keys = (tunnel2: string) => ({ presharedKeys: { tunnel1: "goodEnough", tunnel2 } });
const keyRule =
  "must be 8 to 64 of A-Z a-z 0-9 . _ and must not begin with 0; choose another key, or remove both so that AWS generates them";

const refused: [over: Partial<SiteVpnArgs>, message: string][] = [
  [inside("169.254.5.0/30"), `home.insideCidrs.tunnel1: 169.254.5.0/30: ${reserved}`],
  [inside("169.254.169.252/30"), `home.insideCidrs.tunnel1: 169.254.169.252/30: ${reserved}`],
  [inside("169.254.10.0/29"), `home.insideCidrs.tunnel1: 169.254.10.0/29: ${reserved}`],
  [inside("169.254.10.1/30"), `home.insideCidrs.tunnel1: 169.254.10.1/30: ${reserved}`],
  [inside("10.1.0.0/30"), `home.insideCidrs.tunnel1: 10.1.0.0/30: ${reserved}`],
  [
    inside("169.254.11.0/30"),
    "home.insideCidrs.tunnel2: 169.254.11.0/30: must not be the range of tunnel1 too; choose another /30 for one of them",
  ],
  [
    { siteCidrs: ["192.168.1.0/24", "192.168.1.0/24"] },
    "home.siteCidrs: 192.168.1.0/24: must be named once; remove the repetition",
  ],
  [
    { siteCidrs: ["169.254.0.0/16"] },
    [
      "home.siteCidrs: 169.254.0.0/16: must not overlap 169.254.10.0/30, the range inside tunnel1; choose another range for one of them",
      "home.siteCidrs: 169.254.0.0/16: must not overlap 169.254.11.0/30, the range inside tunnel2; choose another range for one of them",
    ].join("\n"),
  ],
  [keys("short"), `home.presharedKeys.tunnel2: (secret, 5 characters): ${keyRule}`],
  [keys("0startsWithZero"), `home.presharedKeys.tunnel2: (secret, 15 characters): ${keyRule}`],
  [keys("has-a-dash"), `home.presharedKeys.tunnel2: (secret, 10 characters): ${keyRule}`],
  [
    { site: { publicAddress: "192.168.1.1" } },
    "home.site.publicAddress: 192.168.1.1: must be the site's public address, not a private one: AWS reaches the site by it; run `curl https://checkip.amazonaws.com` on the site",
  ],
  [
    { logRetentionDays: 4000 },
    "home.logRetentionDays: 4000: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653: CloudWatch Logs takes no other number of days; choose for example 3653",
  ],
];

for (const [over, message] of refused) {
  test.serial(`refused: ${message}`, async (t) => {
    t.is(await failure(() => vpn(over)), message);
  });
}

test.serial("a key that becomes known only later is refused then, and not shown", async (t) => {
  const presharedKeys = { tunnel1: "goodEnough", tunnel2: pulumi.secret("bad key!") };
  const message = await failure(() => vpn({ presharedKeys }));
  t.true(message.includes(`home.presharedKeys.tunnel2: (secret, 8 characters): ${keyRule}`));
  t.false(message.includes("bad key!"));
});
