import { strict as assert } from "node:assert";
import { cloud } from "../../cloud.ts";
import { gatewayHost } from "../../hosts.ts";
import { inHost } from "../../world/host.ts";
import { check } from "../check.ts";

export default check({
  title: "Both tunnels are up",
  details: "The gateway and AWS both see them",
  run: async () => {
    const seen = await inHost(gatewayHost().name, ["ipsec", "status"]);
    const installed = seen.split("\n").filter((line) => /^ *tunnel[12]\{\d+\}: +INSTALLED/.test(line));
    assert.equal(installed.length, 2, `the gateway has ${installed.length} tunnels installed:\n${seen}`);
    const tunnels = await cloud.tunnels();
    assert(tunnels.every(({ up }) => up) && tunnels.length === 2, `AWS sees ${JSON.stringify(tunnels)}`);
    return tunnels.map(({ outsideAddress }) => outsideAddress).join(" and ");
  },
});
