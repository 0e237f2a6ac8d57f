import { strict as assert } from "node:assert";
import { gatewayHost, labNodes } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { changeSettings, labConfig, readSettings } from "../../settings.ts";
import { inHost } from "../../world/host.ts";
import { check } from "../check.ts";
import { findDrift, shippedSteps } from "../support/drift.ts";

export default check({
  title: "Drift on hosts is found, and fixed by an up that asks for it",
  details:
    "If something was changed by hand since the last `up`, the check fails and names it; `--converge` fixes it",
  after: "page",
  run: async () => {
    const gateway = gatewayHost().name;
    // Where the gateway is the only node, no host has a route through it.
    const routed = labNodes().find(({ name }) => name !== gateway)?.name;
    const steps = await shippedSteps();
    const before = await findDrift(steps);
    assert.deepEqual(
      before,
      [],
      "changed on the hosts since the last up; fix it with `npm run lab -- --converge`",
    );
    if (routed) await inHost(routed, ["ip", "route", "del", "10.0.0.0/16"]);
    await inHost(gateway, ["sed", "-i", "s/^/# by hand: /", "/etc/ipsec.conf"]);
    const found = await findDrift(steps);
    assert(
      !routed || found.some((line) => line.startsWith(`${routed} static-route:`)),
      `the route was not missed: ${found}`,
    );
    assert(found.includes(`${gateway} vpn-gateway: /etc/ipsec.conf`), `the file was not seen: ${found}`);
    const settings = changeSettings({ converge: readSettings().converge + 1 });
    await carryOut({ operation: "up", stack: "lab", config: await labConfig(settings) });
    assert.deepEqual(await findDrift(steps), [], "drift after the up");
    return found.join("; ");
  },
});
