/**
 * The simulation's resource types and data sources, found by folder: every such export of a file below `services/`. Any
 * other type is an error that says so.
 */
import type { DataSource } from "./data-source.ts";
import { exportsBelow } from "./found.ts";
import type { Kind } from "./kind.ts";

const found = await exportsBelow(new URL("services/", import.meta.url));

function has<K extends string>(value: unknown, ...keys: K[]): value is Record<K, unknown> {
  return typeof value === "object" && value !== null && keys.every((key) => key in value);
}
const isKind = (value: unknown): value is Kind => has(value, "type", "create", "parse");
const isDataSource = (value: unknown): value is DataSource => has(value, "token", "invoke");

/** By Pulumi's type token. */
export const kinds: ReadonlyMap<string, Kind> = new Map(
  found.filter(isKind).map((kind) => [kind.type, kind]),
);

/** By Pulumi's function token. */
export const dataSources: ReadonlyMap<string, DataSource> = new Map(
  found.filter(isDataSource).map((source) => [source.token, source]),
);
