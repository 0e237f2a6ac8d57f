/** The commands that run a stack's program without an account. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { programOf } from "../../tools/program/registered.ts";

const root = new URL("../../", import.meta.url).pathname;
const id = (prefix: string, last = "0") => `${prefix}-0123456789abcdef${last}`;

const company = {
  network: {
    cidr: "10.1.0.0/16",
    secondaryCidrs: ["100.64.0.0/16"],
    existing: {
      vpcId: id("vpc"),
      privateSubnetIds: { "us-east-1a": id("subnet"), "us-east-1b": id("subnet", "1") },
      publicSubnetIds: { "us-east-1a": id("subnet", "2"), "us-east-1b": id("subnet", "3") },
      routeTableIds: { all: id("rtb") },
      s3EndpointId: id("vpce"),
    },
  },
  site: { cidr: "192.168.1.0/24", publicAddress: "198.51.100.7", gateway: "gateway" },
  hosts: { gateway: { address: "192.168.1.196" } },
  vpn: { vpnGatewayId: id("vgw") },
  cluster: { existing: { name: "shared" } },
  privateEndpoints: { services: ["ssm", "s3"] },
  resolver: { inbound: { addresses: { "us-east-1a": "10.1.0.10", "us-east-1b": "10.1.0.11" } } },
};

/** Runs the program of a stack file with these settings. */
async function run(t: ExecutionContext, all: object) {
  const folder = await mkdtemp(join(tmpdir(), "program-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await copyFile(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  const settings = Object.entries(all).map(([key, value]) => [`ecs-anywhere-hybrid:${key}`, value]);
  await writeFile(
    join(folder, "Pulumi.company.yaml"),
    JSON.stringify({ config: { "aws:region": "us-east-1", ...Object.fromEntries(settings) } }),
  );
  return programOf(folder, "company");
}

test.serial(
  "permissions and quotas are known for a VPC and a cluster that are there, without a look at them",
  async (t) => {
    const { resources, functions } = await run(t, company);
    const types = new Set(resources.map(({ type }) => type));
    for (const type of [
      "ec2/vpc:Vpc",
      "ec2/subnet:Subnet",
      "ec2/vpnGateway:VpnGateway",
      "ecs/cluster:Cluster",
    ])
      t.false(types.has(`aws:${type}`), type);
    for (const type of ["ec2/route:Route", "ec2/vpcEndpoint:VpcEndpoint", "ec2/vpnConnection:VpnConnection"])
      t.true(types.has(`aws:${type}`), type);
    for (const name of [
      "ec2/getVpc:getVpc",
      "ec2/getSubnet:getSubnet",
      "ec2/getVpnGateway:getVpnGateway",
      "ecs/getCluster:getCluster",
    ])
      t.true(functions.includes(`aws:${name}`), name);
  },
);

test.serial(
  "permissions and quotas are known for DNS on site, with a resolver whose addresses AWS chooses",
  async (t) => {
    const { resources } = await run(t, {
      ...company,
      site: { ...company.site, dns: { at: "host", server: "dnsmasq", host: "gateway" } },
      resolver: { inbound: {} },
    });
    t.true(resources.some(({ name }) => name === "inbound-resolver-endpoint"));
  },
);
