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

/**
 * Returns the place of the option that a key's presence chooses in a union (`presenceOf`): the first without the key, the
 * second with it. Undefined for any other union.
 */
export function optionByPresence(path: Path, raw: unknown): 0 | 1 | undefined {
  const [key] = (levelsAlong(path, raw).at(-1) ?? []).flatMap(presenceOf);
  if (key === undefined) return undefined;
  return isGiven(
    path.reduce<unknown>((value, step) => Object(value)[step], raw),
    key,
  )
    ? 1
    : 0;
}

/** Returns the key whose presence chooses an option of the union; none for any other schema. */
function presenceOf(schema: Schema): readonly string[] {
  const key = z.globalRegistry.get(schema)?.presenceOf;
  return typeof key === "string" ? [key] : [];
}

function isGiven(value: unknown, key: string): boolean {
  return Object(value)[key] !== undefined;
}

/** Returns the keys that the mapping may have; none if there is no mapping. */
export function knownKeys(path: Path, raw: unknown): readonly string[] {
  const here = levelsAlong(path, raw).at(-1) ?? [];
  const keys = here.flatMap((schema) =>
    schema instanceof z.ZodObject
      ? Object.keys(schema.shape).filter((key) => !isNever(schema.shape[key]))
      : presenceOf(schema),
  );
  return [...new Set(keys)];
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
        : schema instanceof z.ZodPipe
          ? [schema.in as Schema]
          : [];
  return [schema, ...inner.flatMap((one) => layers(one, value))];
}

/** Returns the option that the discriminator or the presence of a key chooses; all of them if nothing chooses one. */
function optionsFor(union: z.ZodUnion, value: unknown): readonly Schema[] {
  const options: readonly Schema[] = union.options;
  const [key] = presenceOf(union);
  if (key !== undefined) return options.slice(...(isGiven(value, key) ? [1, 2] : [0, 1]));
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

/** Whether the field is there only to refuse a value. */
function isNever(schema: unknown): boolean {
  return schema instanceof z.ZodOptional && schema.def.innerType instanceof z.ZodNever;
}

const isMarked = (schema: Schema): boolean => z.globalRegistry.get(schema)?.secret === true;

const holdsSecret = (schema: Schema): boolean =>
  layers(schema, undefined).some((layer) => isMarked(layer) || children(layer).some(holdsSecret));
