import { strict as assert } from "node:assert";
import { labHosts } from "../../hosts.ts";
import { run } from "../../world/run.ts";
import { site, vpc } from "../../world/topology.ts";
import { check } from "../check.ts";

export default check({
  title: "The VPC resolves the names of the site's hosts, by the site's DNS server through the tunnels",
  after: "private",
  run: async () => {
    const names = labHosts().map(({ name }) => `${name}.${site.domain}`);
    const found = await Promise.all(
      names.map(async (name) => (await run(["getent", "ahostsv4", name], { netns: vpc })).split(" ")[0]),
    );
    assert.deepEqual(
      found,
      labHosts().map(({ address }) => address),
    );
    return names.join(", ");
  },
});
