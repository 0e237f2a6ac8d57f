/** How to see that keys were renewed. */
import { until } from "../world/run.ts";

export const sas = ["child", "ike"] as const;
export type Sa = (typeof sas)[number];

/** What names the keys in use, in what an endpoint's `swanctl --list-sas --raw` prints. Pure. */
export const spis = (listed: string, sa: Sa): readonly string[] =>
  [...listed.matchAll(sa === "child" ? /\bspi-in=(\w+)/g : /\binitiator-spi=(\w+)/g)].map(
    ([, spi = ""]) => spi,
  );

/** Waits for keys that were not there before, by `list`, while `begin` has them renewed. */
export async function renewed(
  list: () => Promise<string>,
  sa: Sa,
  begin: () => Promise<unknown>,
  what: string,
): Promise<void> {
  const before = spis(await list(), sa);
  await begin();
  await until(
    async () => (spis(await list(), sa).some((spi) => !before.includes(spi)) ? true : undefined),
    () => new Error(`${what}: its ${sa} SA keeps its keys`),
    { seconds: 20 },
  );
}
