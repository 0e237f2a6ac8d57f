import { labNodes } from "../../hosts.ts";
import { inHost } from "../../world/host.ts";
import { run } from "../../world/run.ts";
import { vpc } from "../../world/topology.ts";
import { ec2Client } from "../../world/vpc.ts";
import { check } from "../check.ts";
import { routeToVpc } from "../support/routes.ts";

const ping = (address: string) => ["ping", "-c", "3", "-i", "0.2", "-W", "2", "-q", address];

export default check({
  title: "The nodes reach the VPC, and the VPC the nodes, through the tunnels",
  after: "tunnels",
  run: async () => {
    for (const node of labNodes()) {
      await routeToVpc(node);
      await inHost(node.name, ping(ec2Client));
    }
    for (const { address } of labNodes()) {
      await run(["ip", "netns", "exec", vpc, ...ping(address)]);
    }
    return `${labNodes().length} nodes, ${ec2Client}`;
  },
});
