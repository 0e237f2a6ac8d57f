/** The table of changes: each field of the schema has a row, and each row changes its field. */
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import type { Effect, Row } from "../../config/changes/row.ts";
import { changes } from "../../config/changes.ts";
import { parse } from "../../config/parse.ts";
import { settingsOf } from "../../lab/changes/settings.ts";
import { isOnHost } from "../../lab/changes/steps.ts";
import { type JsonSchema, settingsSchema } from "../../tools/schema/json-schema.ts";

const isPlain = ({ properties, oneOf, anyOf, items, additionalProperties: named }: JsonSchema): boolean =>
  !properties &&
  !oneOf &&
  (anyOf ?? []).every(isPlain) &&
  (items === undefined || Array.isArray(items) || isPlain(items)) &&
  (typeof named !== "object" || (isPlain(named) && !named.additionalProperties));

/** The fields below a path, in all forms of a union. */
function fieldsBelow(schema: JsonSchema, path: string): readonly string[] {
  const { items, additionalProperties: named } = schema;
  if (isPlain(schema)) return [path];
  if (items && !Array.isArray(items)) return [path, ...fieldsBelow(items, `${path}[]`)];
  if (typeof named === "object") return [`${path}.NAME`, ...fieldsBelow(named, `${path}.NAME`)];
  return (schema.oneOf ?? schema.anyOf ?? [schema]).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([key, property]) => {
      if (property.not) return [];
      const at = path === "" ? key : `${path}.${key}`;
      const isRecord = typeof property.additionalProperties === "object";
      const isOptional =
        schema.presenceOf === key || (!required.includes(key) && property.default === undefined && !isRecord);
      return [...(isOptional ? [at] : []), ...fieldsBelow(property, at)];
    }),
  );
}

const fields = [...new Set(fieldsBelow(settingsSchema(), ""))];

test("each field of the schema has a row, and each row has a field", (t) => {
  t.true(fields.length > 90);
  t.deepEqual(Object.keys(changes).toSorted(), fields.toSorted());
});

/** The values of a field by their own paths. */
function valuesAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || value === undefined) return value;
  const each = key === "NAME" || key === "[]";
  const inner = each ? Object.entries(Object(value)) : [[key, Object(value)[key]]];
  return Object.fromEntries(inner.map(([name, one]) => [name, valuesAt(one, rest)]));
}

/** The steps in AWS that an effect consists of, and that it does not have. A role's policy is replaced before the old one goes. */
const stepsIn: Readonly<Record<Exclude<Effect, "refused">, readonly [has: RegExp, never: RegExp]>> = {
  "in place": [/^update |^replace RolePolicy /, /^(create|delete) |^replace (?!RolePolicy )/],
  "new tasks": [/^replace TaskDefinition /, /^(create|delete) |^replace (?!TaskDefinition |RolePolicy )/],
  replaced: [/^(create|replace) /, /^$/],
  "added and removed": [/^(create|delete) /, /^replace /],
  "only on hosts": [/^$/, /./],
  nothing: [/^$/, /./],
};

for (const [field, row] of Object.entries<Row>(changes))
  test(`${field} does as its effect says`, (t) => {
    if (row.effect === "refused") return t.pass();
    const [has, never] = stepsIn[row.effect];
    const inAws = row.steps.filter((step) => !isOnHost(step));
    t.is(
      inAws.some((step) => has.test(step)),
      has.source !== "^$",
      row.effect,
    );
    t.deepEqual(
      inAws.filter((step) => never.test(step)),
      [],
      row.effect,
    );
    t.is(row.steps.length > 0, row.effect !== "nothing");
  });

for (const [field, row] of Object.entries<Row>(changes))
  test(`${field} differs between two stacks that are accepted`, (t) => {
    const [from, to] = (["from", "to"] as const).map((when) =>
      parse(settingsOf([{ row, name: "own" }], when), "us-east-1"),
    );
    const path = field.replaceAll("[]", ".[]").split(".");
    t.false(isDeepStrictEqual(valuesAt(from, path), valuesAt(to, path)));
  });
