import { strict as assert } from "node:assert";
import { cloud } from "../cloud.ts";
import { inHost } from "../world/host.ts";
import { run } from "../world/run.ts";
import { vpc } from "../world/topology.ts";
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

export const bothWays: Check = {
  name: "both-ways",
  title: "A node reaches the VPC, and the VPC a node, through the tunnels",
  run: async () => {
    for (const { name } of labNodes()) {
      const hop = await inHost(name, ["ip", "route", "get", ec2Client]);
      assert.match(hop, /via 192\.168\.1\.196 /, `${name}: ${hop}`);
      await inHost(name, ping(ec2Client));
    }
    for (const { address } of labNodes()) {
      await run(["ip", "netns", "exec", vpc, ...ping(address)]);
    }
    return `${labNodes().length} nodes, ${ec2Client}`;
  },
};
