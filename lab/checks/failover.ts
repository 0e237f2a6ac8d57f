import { strict as assert } from "node:assert";
import { cloud } from "../cloud.ts";
import { pagePort } from "../stack-config.ts";
import { startHost, stopHost, waitForHost } from "../world/host.ts";
import { until } from "../world/run.ts";
import type { HostSpec } from "../world/topology.ts";
import { killVpnEndpoint, restartVpnEndpoint, swanctl } from "../world/vpn-endpoint.ts";
import { type Check, hits, labNodes, pageUrl, seconds } from "./check.ts";

const answers = (url: string) =>
  hits(url).then(
    () => true as const,
    () => undefined,
  );

/** Asked of the endpoint itself: what AWS tells lags behind. */
const carries = (n: 1 | 2) =>
  swanctl(n, ["--list-sas", "--raw"]).then(
    (sas) => (sas.includes("state=INSTALLED") ? true : undefined),
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
      try {
        const since = Date.now();
        const silent = () => new Error(`endpoint ${n} killed: no answer any more`);
        await until(() => answers(url), silent, { seconds: 30 });
        // A single answer may be luck of the way: the page has to stay.
        for (let i = 0; i < 5; i++) {
          await hits(url);
        }
        outages.push(seconds(since));
      } finally {
        await restartVpnEndpoint(n);
      }
      await until(
        () => carries(n),
        () => new Error(`endpoint ${n} is back, its tunnel is not`),
        { seconds: 60 },
      );
    }
    return `answered within ${outages.join(" and ")}, tunnels back`;
  },
};

const healthOf = async (address: string) =>
  (await cloud.targets()).find(({ id, port }) => id === address && port === pagePort)?.state;

const becomes = ({ name, address }: HostSpec, state: string, limit: number) =>
  until(
    async () => ((await healthOf(address)) === state ? true : undefined),
    async () => new Error(`${name}: ${await healthOf(address)} after ${limit} s, not ${state}`),
    { seconds: limit },
  );

export const nodeLost: Check = {
  name: "node-lost",
  title: "A node stopped: the load balancer stops using it",
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
};
