import { strict as assert } from "node:assert";
import { cloud } from "../cloud.ts";
import { startHost, stopHost, waitForHost } from "../world/host.ts";
import { until } from "../world/run.ts";
import { killVpnEndpoint, restartVpnEndpoint } from "../world/vpn-endpoint.ts";
import { type Check, hits, labNodes, pageUrl, seconds } from "./check.ts";

const answers = (url: string) =>
  hits(url).then(
    () => true as const,
    () => undefined,
  );

export const tunnelLost: Check = {
  name: "tunnel-lost",
  title: "One tunnel killed: the page still answers",
  run: async () => {
    const url = await pageUrl();
    const outages: string[] = [];
    for (const n of [1, 2] as const) {
      await killVpnEndpoint(n);
      const since = Date.now();
      await until(
        () => answers(url),
        () => new Error(`endpoint ${n} killed: no answer any more`),
        { seconds: 30 },
      );
      // A single answer may be luck of the way: the page has to stay.
      for (let i = 0; i < 5; i++) {
        await hits(url);
      }
      outages.push(seconds(since));
      await restartVpnEndpoint(n);
      const bothUp = async () => ((await cloud.tunnels()).every(({ up }) => up) ? true : undefined);
      await until(bothUp, () => new Error(`endpoint ${n} is back, its tunnel is not`), { seconds: 60 });
    }
    return `answered within ${outages.join(" and ")}, tunnels back`;
  },
};

const healthOf = async (address: string) => (await cloud.targets()).find(({ id }) => id === address)?.state;

export const nodeLost: Check = {
  name: "node-lost",
  title: "A node stopped: the load balancer stops using it",
  run: async () => {
    const url = await pageUrl();
    const [node, other] = labNodes();
    assert(node);
    assert(other, "one node only: nothing is left to answer; use --nodes 2");
    await stopHost(node.name, "cut");
    const since = Date.now();
    const becomes = (state: string, limit: number) =>
      until(
        async () => ((await healthOf(node.address)) === state ? true : undefined),
        async () => new Error(`${node.name}: ${await healthOf(node.address)} after ${limit} s, not ${state}`),
        { seconds: limit },
      );
    await becomes("unhealthy", 60);
    const noticed = seconds(since);
    for (let i = 0; i < 10; i++) {
      await hits(url);
    }
    await startHost(node);
    await waitForHost(node);
    await becomes("healthy", 90);
    return `${node.name} out after ${noticed}, 10 of 10 requests answered, back in use`;
  },
};
