/** Small functions on records. */
import type * as pulumi from "@pulumi/pulumi";

/** The same keys with other values. */
export function mapValues<K extends string, T, U>(
  record: Readonly<Record<K, T>>,
  map: (value: T, key: K) => U,
): Record<K, U> {
  const entries = Object.entries<T>(record).map(([key, value]) => [key, map(value, key as K)]);
  return Object.fromEntries(entries) as Record<K, U>;
}

/** The values of some keys, in the order of the keys; keys without a value are omitted. */
export function pick<T>(
  record: Readonly<Record<string, T>>,
  keys: readonly string[],
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = record[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** A record's entries in the order of their keys. */
export function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

interface Renamed {
  readonly formerly?: string | undefined;
}

/** Returns an entry's earlier name as Pulumi's `aliases`, by which a resource takes over what the stack has under that name. */
export function formerNames({ formerly }: Renamed, prefix = "", suffix = ""): { readonly name: string }[] {
  return formerly === undefined ? [] : [{ name: `${prefix}${formerly}${suffix}` }];
}

/**
 * Returns the options by which a component takes over what the stack has under its earlier name, its children included,
 * which are named after it. The engine passes an alias on to children only in the `up` that finds the component: after
 * one that ended in between it would create the rest again.
 */
export function takeOver(
  name: string,
  entry: Renamed,
): Pick<pulumi.ComponentResourceOptions, "aliases" | "transformations"> {
  const { formerly } = entry;
  if (formerly === undefined) return {};
  const ofChild: pulumi.ResourceTransformation = ({ name: child, props, opts }) => {
    // The provider's own have a type and no name.
    const own = (opts.aliases ?? []) as readonly { readonly name?: string }[];
    const former = [...own.map((alias) => alias.name), child].flatMap((known) =>
      known?.startsWith(`${name}-`) ? [{ name: `${formerly}${known.slice(name.length)}` }] : [],
    );
    return { props, opts: { ...opts, aliases: [...own, ...former] } };
  };
  return { aliases: formerNames(entry), transformations: [ofChild] };
}

/** Each value of T that may be undefined as an optional property. */
type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The record without the keys whose value is undefined: for arguments that must be omitted rather than undefined. */
export function defined<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
}
