import { strict as assert } from "node:assert";
import { run } from "../world/run.ts";
import { site, vpc } from "../world/topology.ts";
import { type Check, labHosts } from "./check.ts";

export const siteNames: Check = {
  name: "site-names",
  title: "The VPC resolves the site's names, by the site's DNS server through the tunnels",
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
};
