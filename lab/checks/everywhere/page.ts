import { strict as assert } from "node:assert";
import { join } from "node:path";
import { paths } from "../../world/paths.ts";
import { run } from "../../world/run.ts";
import { laptop } from "../../world/topology.ts";
import { check } from "../check.ts";
import { pageUrl } from "../support/page.ts";

export default check({
  title: "The page counts up in a browser, through the load balancer",
  after: "redis",
  run: async () => {
    const program = new URL("../support/browser.ts", import.meta.url).pathname;
    const screenshot = join(paths.lab, "page.png");
    const seen = await run([process.execPath, program, await pageUrl(), screenshot], { netns: laptop });
    const { counts }: { counts: number[] } = JSON.parse(seen);
    assert.equal(counts.length, 3);
    assert(
      counts.every((count, i) => i === 0 || count > (counts[i - 1] ?? count)),
      `the count does not rise: ${counts}`,
    );
    return `${counts.join(", ")}; screenshot in ${screenshot}`;
  },
});
