/** Finds out whether keys were renewed. */
import { until } from "../world/run.ts";

export const sas = ["child", "ike"] as const;
export type Sa = (typeof sas)[number];

/** Returns the names of the keys in use, from the output of an endpoint's `swanctl --list-sas --raw`. Pure. */
export const spis = (listed: string, sa: Sa): readonly string[] =>
  [...listed.matchAll(sa === "child" ? /\bspi-in=(\w+)/g : /\binitiator-spi=(\w+)/g)].map(
    ([, spi = ""]) => spi,
  );

/** Calls `begin`, which renews keys, and waits until `list` shows new ones. */
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
