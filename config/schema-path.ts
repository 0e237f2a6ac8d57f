/** What the schema says about the field at a path. In a union, the given values choose the option. */
import { z } from "zod";
import { hybridConfig } from "./schema.ts";

type Schema = z.core.$ZodType;
export type Path = readonly PropertyKey[];

/** Whether the value must not be shown: it is secret, in something secret, or has something secret in it. */
export function isSecret(path: Path, raw: unknown): boolean {
  const levels = levelsAlong(path, raw);
  return levels.flat().some(isMarked) || (levels.at(-1) ?? []).some(holdsSecret);
}

/** Returns the keys that the mapping may have; none if there is no mapping. */
export function knownKeys(path: Path, raw: unknown): readonly string[] {
  const here = levelsAlong(path, raw).at(-1) ?? [];
  return [
    ...new Set(here.flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []))),
  ];
}

/** Returns a possible key as an example, preferably a secret one; undefined if there are no keys. */
export function exampleKey(path: Path, raw: unknown): string | undefined {
  const known = knownKeys(path, raw);
  const here = levelsAlong(path, raw).at(-1) ?? [];
  return (
    known.find((key) => isSecret([...path, key], raw)) ??
    known[0] ??
    (here.some((schema) => schema instanceof z.ZodRecord) ? "NAME" : undefined)
  );
}

/** Returns the description of the field, or else of the nearest field around it, without its full stop. */
export function descriptionOf(path: Path, raw: unknown): string | undefined {
  return levelsAlong(path, raw)
    .map((level) => [...new Set(level.flatMap((schema) => z.globalRegistry.get(schema)?.description ?? []))])
    .findLast((descriptions) => descriptions.length > 0)
    ?.join(" ")
    .replace(/\.$/, "");
}

/** Returns the schemas for each step of a path, from the root on. */
function levelsAlong(path: Path, raw: unknown): readonly (readonly Schema[])[] {
  let value = raw;
  let level = layers(hybridConfig, value);
  const levels = [level];
  for (const key of path) {
    value = Object(value)[key];
    level = level.flatMap((schema) => under(schema, key)).flatMap((schema) => layers(schema, value));
    levels.push(level);
  }
  return levels;
}

/** Returns a schema with the ones inside it: the schema of a default, the options of a union. */
function layers(schema: Schema, value: unknown): readonly Schema[] {
  const inner =
    "innerType" in schema._zod.def
      ? [schema._zod.def.innerType as Schema]
      : schema instanceof z.ZodUnion
        ? optionsFor(schema, value)
        : [];
  return [schema, ...inner.flatMap((one) => layers(one, value))];
}

/** Returns the option that the discriminator chooses; all of them if it chooses none. */
function optionsFor(union: z.ZodUnion, value: unknown): readonly Schema[] {
  const options: readonly Schema[] = union.options;
  if (!(union instanceof z.ZodDiscriminatedUnion)) return options;
  const { discriminator } = union.def;
  const chosen = options.filter((option) =>
    under(option, discriminator).some((is) => z.safeParse(is, Object(value)[discriminator]).success),
  );
  return chosen.length > 0 ? chosen : options;
}

function under(schema: Schema, key: PropertyKey): readonly Schema[] {
  if (schema instanceof z.ZodObject) return [schema.shape[String(key)] ?? []].flat();
  if (schema instanceof z.ZodTuple) return (schema.def.items[Number(key)] ?? []) as Schema[];
  return children(schema);
}

/** Returns the schemas of a value's parts. */
function children(schema: Schema): readonly Schema[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape);
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodArray) return [schema.element];
  return [];
}

const isMarked = (schema: Schema): boolean => z.globalRegistry.get(schema)?.secret === true;

const holdsSecret = (schema: Schema): boolean =>
  layers(schema, undefined).some((layer) => isMarked(layer) || children(layer).some(holdsSecret));
