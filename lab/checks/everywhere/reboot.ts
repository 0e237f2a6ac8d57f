import { strict as assert } from "node:assert";
import { nftTable } from "../../../pi/steps/egress-firewall/rules.ts";
import { pinnedNode } from "../../hosts.ts";
import { seconds } from "../../progress.ts";
import { readSettings } from "../../settings.ts";
import { inHost, rebootHost } from "../../world/host.ts";
import { until } from "../../world/run.ts";
import { check } from "../check.ts";
import { addressesOn, freshName, privateAddresses } from "../support/fresh-name.ts";
import { hits, pageUrl } from "../support/page.ts";
import { routeToVpc } from "../support/routes.ts";

/** What keeps a node from the internet, and its names private, is in force from the boot on. */
async function isStillPrivate(node: string): Promise<void> {
  await inHost(node, ["nft", "list", "table", ...nftTable.split(" ")]);
  const resolved = async () => {
    const found = await addressesOn(node, freshName());
    return found.length > 0 ? found : undefined;
  };
  const found = await until(resolved, () => new Error(`${node}: no name resolves`), { seconds: 30 });
  assert.deepEqual(found, await privateAddresses(), `${node}: addresses of a fresh name`);
}

export default check({
  title: "The route, the boot flag and Redis's data are there after a reboot",
  details:
    "So are Docker's memory limits; with `--internet never` also the firewall, and a fresh name resolves to private addresses",
  after: "node-lost",
  run: async () => {
    const node = pinnedNode();
    const url = await pageUrl();
    const before = await hits(url);
    const since = Date.now();
    await rebootHost(node);
    await routeToVpc(node);
    const flags = await inHost(node.name, ["cat", "/proc/cmdline"]);
    assert.match(flags, /(^| )cgroup_enable=memory( |$)/m, `${node.name}: kernel command line: ${flags}`);
    if (readSettings().internet === "never") await isStillPrivate(node.name);
    const docker = async () => {
      const info = await inHost(node.name, ["docker", "info", "--format", "{{.MemoryLimit}}"]).catch(
        () => "",
      );
      return info.trim() === "true" ? true : undefined;
    };
    await until(docker, () => new Error(`${node.name}: Docker knows no memory limits`), { seconds: 30 });
    const back = seconds(since);
    const count = () => hits(url).catch(() => undefined);
    const after = await until(count, () => new Error("no hit is counted after the reboot"), { seconds: 60 });
    assert(after > before, `Redis counted ${before} hits before the reboot, and ${after} after it`);
    return `${node.name}, back in ${back}; ${before} hits before, ${after} after`;
  },
});
