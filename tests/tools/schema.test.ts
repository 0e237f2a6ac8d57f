import { readFile } from "node:fs/promises";
import test from "ava";
import { generated } from "../../tools/schema/generated.ts";
import { type JsonSchema, settingsSchema, stackFileSchema } from "../../tools/schema/json-schema.ts";

const project = "ecs-anywhere-hybrid";

for (const [path, content] of Object.entries(generated(project))) {
  test(`${path} is current`, async (t) => {
    const committed = await readFile(new URL(`../../${path}`, import.meta.url), "utf8");
    t.true(committed === content, `${path} is not what config/schema.ts says; run \`npm run schema\``);
  });
}

/** Every field with its path. */
function fields(schema: JsonSchema, path = ""): [string, JsonSchema][] {
  const inner = [
    ...(schema.oneOf ?? schema.anyOf ?? []),
    ...(typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : []),
    ...(schema.items && !Array.isArray(schema.items) ? [schema.items] : []),
  ];
  return [
    ...Object.entries(schema.properties ?? {})
      .filter(([, { not }]) => !not)
      .flatMap(([key, property]): [string, JsonSchema][] => [
        [`${path}.${key}`, property],
        ...fields(property, `${path}.${key}`),
      ]),
    ...inner.flatMap((one) => fields(one, path)),
  ];
}

test("every setting has a meaning", (t) => {
  const without = fields(settingsSchema()).filter(
    ([, { description, const: value }]) => !description && value === undefined,
  );
  t.deepEqual(
    without.map(([path]) => path),
    [],
  );
});

const config = stackFileSchema(project).properties?.config;

test("settings are completed under the project's name, and missing ones are reported", (t) => {
  t.true(Object.keys(config?.properties ?? {}).includes(`${project}:hosts`));
  t.deepEqual(config?.required, ["aws:region", `${project}:site`, `${project}:hosts`]);
});

test("a misspelt setting is marked, another namespace's is not", (t) => {
  const [pattern] = Object.keys((config?.patternProperties as object | undefined) ?? {});
  const misspelt = new RegExp(pattern ?? "");
  t.regex(`${project}:netwrok`, misspelt);
  t.regex(`${project}:networks`, misspelt);
  t.notRegex(`${project}:network`, misspelt);
  t.notRegex("aws:region", misspelt);
});

test("a secret may be encrypted in the file, and only a secret", (t) => {
  const encrypted = fields(config ?? {}).filter(([, { properties }]) => properties && "secure" in properties);
  t.deepEqual(encrypted, []);
  const secrets = fields(config ?? {}).filter(([, { anyOf }]) =>
    anyOf?.some(({ required }) => required?.includes("secure")),
  );
  t.deepEqual(
    secrets.map(([path]) => path),
    [
      `.${project}:ssh.privateKey`,
      `.${project}:vpn.presharedKeys.tunnel1`,
      `.${project}:vpn.presharedKeys.tunnel2`,
    ],
  );
});
