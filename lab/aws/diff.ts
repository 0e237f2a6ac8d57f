/** What the provider makes of new inputs. */
import type { Properties } from "./account.ts";
import type { Kind } from "./kind.ts";
import { containsUnknown } from "./values.ts";

export interface Diff {
  readonly changes: boolean;
  /** Properties whose change replaces the resource. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** The end of a name that `check` made up. */
const madeUp = /-[0-9a-f]{7}$/;

/**
 * Returns what an update to `news` would do.
 *
 * @param current the inputs that the provider takes to be in force; undefined if the account has no such resource
 * @param olds what Pulumi's state has, for that case
 */
export function diff(kind: Kind, current: Properties | undefined, olds: Properties, news: Properties): Diff {
  const unknown = Object.keys(news).filter((key) => containsUnknown(news[key]));
  const before = current ?? olds;
  // Unknown values cannot be parsed, so the other properties get their defaults one by one.
  const after = unknown.length > 0 || !current ? news : kind.parse(news);
  const compared = unknown.length > 0 || !current ? Object.keys(news) : kind.properties;
  const same = (key: string) => kind.same(key, before, after);
  const differing = compared.filter((key) => unknown.includes(key) || !same(key));
  const replaces = kind.replacing(differing, before, after);
  // As in Pulumi's bridge: two resources cannot share a name that the user chose, so the old one is deleted first.
  const name = kind.autoName?.property;
  const isChosen = name !== undefined && same(name) && !madeUp.test(String(after[name]));
  return { changes: differing.length > 0, replaces, deleteBeforeReplace: replaces.length > 0 && isChosen };
}
