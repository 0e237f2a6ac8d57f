import { strict as assert } from "node:assert";
import { cloud } from "../../cloud.ts";
import { labNodes } from "../../hosts.ts";
import { seconds } from "../../progress.ts";
import { pagePort } from "../../stack-config.ts";
import { startHost, stopHost, waitForHost } from "../../world/host.ts";
import { until } from "../../world/run.ts";
import type { HostSpec } from "../../world/topology.ts";
import { check } from "../check.ts";
import { hits, pageUrl } from "../support/page.ts";

const healthOf = async (address: string) =>
  (await cloud.targets()).find(({ id, port }) => id === address && port === pagePort)?.state;

const becomes = ({ name, address }: HostSpec, state: string, limit: number) =>
  until(
    async () => ((await healthOf(address)) === state ? true : undefined),
    async () => new Error(`${name}: ${await healthOf(address)} after ${limit} s, not ${state}`),
    { seconds: limit },
  );

export default check({
  title: "A node loses its power: the load balancer stops using it, and uses it again when it is back",
  after: "tunnel-lost",
  nodes: 2,
  run: async () => {
    const url = await pageUrl();
    const [node, other] = labNodes();
    assert(node && other);
    // Else what another check did to them would pass for this one's doing.
    for (const each of [node, other]) await becomes(each, "healthy", 60);
    await stopHost(node.name, "cut");
    const since = Date.now();
    let noticed: string;
    try {
      await becomes(node, "unhealthy", 60);
      noticed = seconds(since);
      for (let i = 0; i < 10; i++) {
        await hits(url);
      }
    } finally {
      await startHost(node);
    }
    await waitForHost(node);
    await becomes(node, "healthy", 90);
    return `${node.name} out after ${noticed}, 10 of 10 requests answered, back in use`;
  },
});
