import { strict as assert } from "node:assert";
import { cloud } from "../cloud.ts";
import { inHost } from "../world/host.ts";
import { run, until } from "../world/run.ts";
import { type HostSpec, vpc } from "../world/topology.ts";
import { ec2Client } from "../world/vpc.ts";
import { type Check, gatewayHost, labNodes } from "./check.ts";

export const tunnelsUp: Check = {
  name: "tunnels",
  title: "Both tunnels are up",
  run: async () => {
    const seen = await inHost(gatewayHost().name, ["ipsec", "status"]);
    const installed = seen.split("\n").filter((line) => /^ *tunnel[12]\{\d+\}: +INSTALLED/.test(line));
    assert.equal(installed.length, 2, `the gateway has ${installed.length} tunnels installed:\n${seen}`);
    const tunnels = await cloud.tunnels();
    assert(tunnels.every(({ up }) => up) && tunnels.length === 2, `AWS sees ${JSON.stringify(tunnels)}`);
    return tunnels.map(({ outsideAddress }) => outsideAddress).join(" and ");
  },
};

const ping = (address: string) => ["ping", "-c", "3", "-i", "0.2", "-W", "2", "-q", address];

/** The node's way to the VPC: through the gateway; the gateway's own is a tunnel. */
export async function wayToVpc({ name, roles }: HostSpec): Promise<void> {
  const way = roles.includes("gateway") ? /dev (ipsec0|tunnel[12]) / : /via 192\.168\.1\.196 /;
  const hop = async () => {
    const said = await inHost(name, ["ip", "route", "get", ec2Client]).catch(String);
    return way.test(said) ? said : undefined;
  };
  await until(hop, () => new Error(`${name}: no route to ${ec2Client} ${way}`), { seconds: 30 });
}

export const bothWays: Check = {
  name: "both-ways",
  title: "A node reaches the VPC, and the VPC a node, through the tunnels",
  run: async () => {
    for (const node of labNodes()) {
      await wayToVpc(node);
      await inHost(node.name, ping(ec2Client));
    }
    for (const { address } of labNodes()) {
      await run(["ip", "netns", "exec", vpc, ...ping(address)]);
    }
    return `${labNodes().length} nodes, ${ec2Client}`;
  },
};
