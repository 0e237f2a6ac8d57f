/** A VPC that a person has replaced: everything that AWS moves to no other VPC goes with it. */
import test from "ava";
import { SiteVpn } from "../../../components/connectivity/site-vpn.ts";
import { OnPremLoadBalancer } from "../../../components/load-balancing/on-prem-load-balancer.ts";
import { Network } from "../../../components/network/network.ts";
import { account } from "./account.ts";

const siteCidrs = ["192.168.1.0/24"];

/** What is in a VPC, without hosts. */
async function program() {
  const network = new Network("network", {
    cidr: "10.0.0.0/16",
    zones: ["us-east-1a", "us-east-1b"],
    publicSubnets: true,
    natGateways: "single",
  });
  const vpn = new SiteVpn("vpn", {
    ...network,
    siteCidrs,
    site: { publicAddress: "198.51.100.7" },
    insideCidrs: { tunnel1: "169.254.10.0/30", tunnel2: "169.254.11.0/30" },
    logRetentionDays: 30,
  });
  for (const type of ["application", "network"] as const)
    new OnPremLoadBalancer(type, {
      type,
      crossZone: true,
      scheme: "internet-facing",
      vpcId: network.vpcId,
      vpcCidrs: network.cidrs,
      siteCidrs,
      subnetIds: network.publicSubnetIds,
      listenerPort: 80,
      targets: { "pi-1": { address: "192.168.1.101" } },
      hostPort: 8080,
      healthCheck: { intervalSeconds: 30, healthyThreshold: 3, unhealthyThreshold: 3 },
      allowFrom: [],
    });
  return { vpcId: network.vpcId, connectionId: vpn.connectionId };
}

test("a VPC is replaced with its internet gateway and load balancers, and the VPN connection stays", async (t) => {
  const { aws, open } = await account(t);
  const stack = await open("replaced", program);
  const { outputs: before } = await stack.up();
  const vpc = "urn:pulumi:replaced::ecs-anywhere-hybrid::hybrid:network:Network$aws:ec2/vpc:Vpc::network-vpc";
  const { outputs: after } = await stack.up({ replace: [vpc] });
  t.not(after.vpcId?.value, before.vpcId?.value);
  t.is(after.connectionId?.value, before.connectionId?.value);
  const former = JSON.stringify(aws.resources()).includes(String(before.vpcId?.value));
  t.false(former, "nothing is left in the former VPC");
  await stack.destroy();
  t.deepEqual(aws.resources(), []);
});
