/** What the schema says of the field at a path: of a union, by the option that the given values choose. */
import { z } from "zod";
import { hybridConfig } from "./schema.ts";

type Schema = z.core.$ZodType;
export type Path = readonly PropertyKey[];

/** Whether the value there is to be kept from sight: it, what it is part of or anything in it is secret. */
export function isSecret(path: Path, raw: unknown): boolean {
  const levels = levelsAlong(path, raw);
  return levels.flat().some(isMarked) || (levels.at(-1) ?? []).some(holdsSecret);
}

/** The keys that a mapping may have there; none where there is no mapping. */
export function knownKeys(path: Path, raw: unknown): readonly string[] {
  const here = levelsAlong(path, raw).at(-1) ?? [];
  return [
    ...new Set(here.flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []))),
  ];
}

/** A key that something may have there, as an example, best a secret one; undefined where there are no keys. */
export function exampleKey(path: Path, raw: unknown): string | undefined {
  const known = knownKeys(path, raw);
  const here = levelsAlong(path, raw).at(-1) ?? [];
  return (
    known.find((key) => isSecret([...path, key], raw)) ??
    known[0] ??
    (here.some((schema) => schema instanceof z.ZodRecord) ? "NAME" : undefined)
  );
}

/** What is written of the field, or else of the nearest field around it; without the full stop at its end. */
export function descriptionOf(path: Path, raw: unknown): string | undefined {
  return levelsAlong(path, raw)
    .map((level) => [...new Set(level.flatMap((schema) => z.globalRegistry.get(schema)?.description ?? []))])
    .findLast((descriptions) => descriptions.length > 0)
    ?.join(" ")
    .replace(/\.$/, "");
}

/** The schemas that stand for each step of a path, from the root on. */
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

/** A schema, and what it stands for: what a default wraps, the options of a union. */
function layers(schema: Schema, value: unknown): readonly Schema[] {
  const inner =
    "innerType" in schema._zod.def
      ? [schema._zod.def.innerType as Schema]
      : schema instanceof z.ZodUnion
        ? optionsFor(schema, value)
        : [];
  return [schema, ...inner.flatMap((one) => layers(one, value))];
}

/** The option that the discriminator chooses; all of them where none is chosen. */
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

/** The schemas that a value's parts must satisfy. */
function children(schema: Schema): readonly Schema[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape);
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodArray) return [schema.element];
  return [];
}

const isMarked = (schema: Schema): boolean => z.globalRegistry.get(schema)?.secret === true;

const holdsSecret = (schema: Schema): boolean =>
  layers(schema, undefined).some((layer) => isMarked(layer) || children(layer).some(holdsSecret));
