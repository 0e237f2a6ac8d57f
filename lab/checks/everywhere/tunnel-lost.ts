import { seconds } from "../../progress.ts";
import { until } from "../../world/run.ts";
import { killVpnEndpoint, restartVpnEndpoint, swanctl } from "../../world/vpn-endpoint.ts";
import { check } from "../check.ts";
import { hits, pageUrl } from "../support/page.ts";

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

export default check({
  title: "Each tunnel killed in turn: the page still answers",
  after: "drift",
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
});
