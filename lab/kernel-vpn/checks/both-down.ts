import { strict as assert } from "node:assert";
import { seconds } from "../../progress.ts";
import { until } from "../../world/run.ts";
import { aws, site } from "../../world/topology.ts";
import { kernelCheck } from "../check.ts";
import { killEndpointScript, startEndpoint } from "../endpoint.ts";
import { sides } from "../home.ts";
import { ping } from "../ping.ts";
import { pingDuring, takeWire } from "../traffic.ts";
import { outwards, patience, settled } from "../tunnels.ts";

export default kernelCheck({
  title:
    "both tunnels down: what the gateway forwards elsewhere goes on, and nothing for the VPC leaves unencrypted",
  details: "This holds for what the gateway sends itself and for what it forwards",
  after: "failover",
  run: async (guest) => {
    await settled(guest);
    await takeWire(guest);
    const detour = `${aws.address} via ${site.gateway}`;
    await guest.run(["ip", "-n", sides.site.netns, "route", "add", ...detour.split(" ")]);
    try {
      const { lost } = await pingDuring(
        guest,
        async () => {
          await guest.sh(killEndpointScript(1) + killEndpointScript(2));
          // From then on the default route would have what is for the VPC.
          await until(
            async () => ((await outwards(guest)) === undefined ? true : undefined),
            () => new Error(`after ${patience} s the gateway still sends through a tunnel`),
            { seconds: patience, everyMs: 500 },
          );
          for (const netns of [sides.site.netns, undefined]) {
            const { code } = await guest.ask(
              ["ping", "-q", "-n", "-c", "4", "-i", "0.2", "-W", "1", sides.vpc.address],
              netns === undefined ? {} : { netns },
            );
            assert.notEqual(code, 0, "the VPC answers through no tunnel");
          }
        },
        aws.address,
      );
      assert.equal(lost, 0, "packets lost that were not for the VPC");
      assert.equal(
        (await takeWire(guest)).clear,
        0,
        "packets for the VPC in clear, on their way to the internet",
      );
    } finally {
      await guest.run(["ip", "-n", sides.site.netns, "route", "del", ...detour.split(" ")]);
      await Promise.all([startEndpoint(guest, 1), startEndpoint(guest, 2)]);
    }
    const since = Date.now();
    await settled(guest);
    await guest.sh(ping("site", "vpc"));
    return `from the site's host and from the gateway itself; the VPC is back after ${seconds(since)}`;
  },
});
