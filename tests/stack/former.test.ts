import test from "ava";
import { parse } from "../../config/parse.ts";
import type { HybridConfig } from "../../config/schema.ts";
import { formerOf, ownResources, refuseChanges } from "../../stack/former.ts";
import { base } from "../config/stack.ts";
import { withAws } from "../support/mocks.ts";

const urn = (type: string, name: string) => `urn:pulumi:test::hybrid::hybrid:some:Component$${type}::${name}`;

const resource = (type: string, name: string, outputs: object) =>
  [urn(type, name), { type, outputs: outputs as Record<string, unknown> }] as const;

const vpc = resource("aws:ec2/vpc:Vpc", "network-vpc", {
  id: "vpc-1",
  cidrBlock: "10.0.0.0/16",
  region: "us-east-1",
});

const vpnGateway = resource("aws:ec2/vpnGateway:VpnGateway", "vpn-gateway", { id: "vgw-1", vpcId: "vpc-1" });

const connection = resource("aws:ec2/vpnConnection:VpnConnection", "vpn-connection", {
  vpnGatewayId: "vgw-1",
  tunnel1InsideCidr: "169.254.10.0/30",
  tunnel2InsideCidr: "169.254.11.0/30",
});

const cluster = resource("aws:ecs/cluster:Cluster", "cluster-cluster", { name: "hybrid-test" });

const key = resource("aws:kms/key:Key", "cluster-key", {
  arn: "arn:aws:kms:us-east-1:123456789012:key/1",
});

const redis = [
  resource("aws:ecs/service:Service", "redis-service", {
    desiredCount: 1,
    placementConstraints: [
      {
        type: "memberOf",
        expression:
          "attribute:disk == ssd and attribute:hybrid.stack == hybrid-test and attribute:redis == true",
      },
    ],
  }),
  resource("aws:ecs/taskDefinition:TaskDefinition", "redis-task", {
    containerDefinitions: JSON.stringify([
      {
        portMappings: [
          { hostPort: 6379, containerPort: 6379 },
          { hostPort: 53, protocol: "udp" },
        ],
      },
    ]),
  }),
];

test("a state has the Region, the VPC, the tunnels, and what services hold of their nodes", (t) => {
  t.deepEqual(formerOf(Object.fromEntries([vpc, vpnGateway, connection, cluster, key, ...redis])), {
    region: "us-east-1",
    vpc: { id: "vpc-1", ownCidr: "10.0.0.0/16" },
    ownVpnGateway: "vgw-1",
    insideCidrs: { tunnel1: "169.254.10.0/30", tunnel2: "169.254.11.0/30" },
    ownCluster: "hybrid-test",
    ownKey: "arn:aws:kms:us-east-1:123456789012:key/1",
    services: {
      redis: { tasks: 1, ports: ["tcp/6379", "udp/53"], attributes: { disk: "ssd", redis: "true" } },
    },
  });
});

test("a state without a VPC of its own has the one that its resources are in", (t) => {
  const group = resource("aws:ec2/securityGroup:SecurityGroup", "web-access", { vpcId: "vpc-2" });
  t.deepEqual(formerOf(Object.fromEntries([group])).vpc, { id: "vpc-2", ownCidr: undefined });
});

test("an empty state, and one of an up that failed at once, refuse nothing", (t) => {
  const nothing = {
    region: undefined,
    vpc: undefined,
    ownVpnGateway: undefined,
    insideCidrs: undefined,
    ownCluster: undefined,
    ownKey: undefined,
    services: {},
  };
  t.deepEqual(formerOf({}), nothing);
  const stack = resource("pulumi:pulumi:Stack", "hybrid-test", { region: "us-east-1", vpc: { id: "vpc-1" } });
  t.deepEqual(formerOf(Object.fromEntries([stack])), nothing);
});

const refused = async (config: HybridConfig) =>
  refuseChanges({ ...config, region: "us-east-1" }, await ownResources());

for (const preview of [true, false])
  test.serial(
    `another range is refused before anything is registered, in ${preview ? "a preview" : "an up"}`,
    async (t) => {
      const aws = await withAws({ preview, ownState: Object.fromEntries([vpc]) });
      const config = parse({ ...base, network: { cidr: "10.8.0.0/16" } }, "us-east-1");
      await t.throwsAsync(refused(config), {
        message: /^network\.cidr: 10\.8\.0\.0\/16: must stay 10\.0\.0\.0\/16, /,
      });
      t.deepEqual(aws.resources, []);
    },
  );

test.serial("a stack that was never up is not refused", async (t) => {
  await withAws();
  const config = parse({ ...base, network: { cidr: "10.8.0.0/16" } }, "us-east-1");
  await t.notThrowsAsync(refused(config));
});
