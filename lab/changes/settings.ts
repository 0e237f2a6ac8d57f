/** The settings of a stack on which rows of config/changes.ts are, before their change or after it. */
import type { Row } from "../../config/changes/row.ts";
import type { HybridInput } from "../../config/schema.ts";
import { mapValues } from "../../records.ts";
import { entries, stack } from "./stack.ts";

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A row with a name of its own for its entries. */
export interface NamedRow {
  readonly row: Row;
  /** Stands for NAME in the row. */
  readonly name: string;
}

/** Returns the settings with these rows as they are `from`, or as they are `to`. */
export function settingsOf(rows: readonly NamedRow[], when: "from" | "to"): HybridInput {
  const patches = rows.map(({ row, name }) => named(row[when] ?? {}, name) as Tree);
  return [ownEntries(rows, when), ...patches].reduce<Tree>(merge, stack) as unknown as HybridInput;
}

/**
 * Returns the rows' own entries by name, as they are without a patch: those that a patch mentions, or else the other patch.
 * `NAME-new` is NAME after a rename, and has the same address.
 */
function ownEntries(rows: readonly NamedRow[], when: "from" | "to"): Tree {
  return mapValues(entries, (entry, record) => {
    const ownKeys = ({ row, name }: NamedRow, of: "from" | "to") =>
      Object.keys(row[of]?.[record] ?? {})
        .filter((key) => key.startsWith("NAME"))
        .map((key) => String(named(key, name)));
    const before = (key: string) => key.replace(/-new$/, "");
    const known = [...new Set(rows.flatMap((row) => [...ownKeys(row, "from"), ...ownKeys(row, "to")]))];
    const numbers = [...new Set(known.map(before))];
    const keys = rows.flatMap((row) => {
      const mentioned = ownKeys(row, when);
      return mentioned.length > 0 ? mentioned : ownKeys(row, when === "from" ? "to" : "from");
    });
    return Object.fromEntries(keys.map((key) => [key, entry(numbers.indexOf(before(key)))]));
  });
}

/** Returns the same value with the name for NAME in every text and key. */
export function named(value: unknown, name: string): unknown {
  if (typeof value === "string") return value.replaceAll("NAME", name);
  if (Array.isArray(value)) return value.map((item) => named(item, name));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.replaceAll("NAME", name), named(inner, name)]),
  );
}

/** Merges mappings; any other value replaces the former one, and `undefined` removes it. */
function merge(tree: Tree, patch: Tree): Tree {
  const merged: Record<string, unknown> = { ...tree };
  for (const [key, value] of Object.entries(patch)) {
    const before = merged[key];
    if (value === undefined) delete merged[key];
    else merged[key] = isTree(value) ? merge(isTree(before) ? before : {}, value) : value;
  }
  return merged;
}
