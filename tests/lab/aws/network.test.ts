import test from "ava";
import { alarmState, observe } from "../../../lab/aws/control/telemetry.ts";
import { desiredNetwork } from "../../../lab/aws/network.ts";
import { Account } from "./account.ts";

/** Creates a connection with a route, and a load balancer with a target on the site. */
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

test("the desired network follows from the account", (t) => {
  const { a, vpn, group } = network();
  const [vpcId] = a.aws.resources("aws:ec2/vpc:Vpc").map(({ id }) => id);
  a.make("vpcIpv4CidrBlockAssociation", { vpcId, cidrBlock: "100.64.0.0/16" });
  const wanted = desiredNetwork(a.aws);
  t.deepEqual(wanted.vpcs, [{ id: vpcId ?? "", cidr: "10.0.0.0/16", secondaryCidrs: ["100.64.0.0/16"] }]);
  t.like(wanted.vpnConnections[0], {
    id: vpn,
    vpcCidr: "10.0.0.0/16",
    vpcSecondaryCidrs: ["100.64.0.0/16"],
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

test("tunnels that come up show in the telemetry, the metric, the alarm and the log", (t) => {
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
