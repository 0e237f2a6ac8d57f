/** docs/reference.md: every setting with its type, default and meaning, from the same schema that checks them. */
import { effects, type Row } from "../../config/changes/row.ts";
import { changes } from "../../config/changes.ts";
import type { HybridConfig } from "../../config/schema.ts";
import { retentionPeriods } from "../../limits/observability.ts";
import { outputs } from "../../outputs.ts";
import { type JsonSchema, settingsSchema } from "./json-schema.ts";

/** The district of each setting: its chapter of the page, and its file in config/schema. */
const districts = {
  network: "network",
  site: "site",
  hosts: "site",
  ssh: "site",
  vpn: "connectivity",
  privateEndpoints: "private-connectivity",
  resolver: "private-connectivity",
  cluster: "cluster",
  services: "service",
  loadBalancers: "load-balancing",
  tags: "stack",
  keep: "stack",
} as const satisfies Readonly<Record<keyof HybridConfig, string>>;

type District = (typeof districts)[keyof HybridConfig];

/** In the order of the page. */
const chapters: Readonly<Record<District, string>> = {
  network: "Network: the VPC and its subnets",
  site: "Site: the on-prem network and its hosts",
  connectivity: "Connectivity: from the site to the VPC",
  "private-connectivity": "Private connectivity: endpoints and resolvers",
  cluster: "Cluster: ECS and the nodes' agents",
  service: "Service: what runs on the nodes",
  "load-balancing": "Load balancing: in front of the services",
  stack: "Stack: what concerns all of it",
};

interface Section {
  /** `hosts.NAME.fan` */
  readonly path: string;
  readonly schema: JsonSchema;
  /** The forms of a union; empty for a plain mapping. */
  readonly variants: readonly JsonSchema[];
}

const head = `# Reference

<!-- Written by \`npm run schema\` from config/schema.ts and config/changes.ts; change it there. -->

Every setting of a stack file, \`Pulumi.<stack>.yaml\`. A setting is under \`config:\`, with the project's name before
it, for example \`ecs-anywhere-hybrid:site\`; \`pulumi config set --path site.gateway pi-gateway\` writes it. \`NAME\` is a
name of your choice: 1 to 31 of a–z, 0–9 and \`-\`, starting with a letter. A stack also needs \`aws:region\`.

An unknown key is an error, not silently ignored. In an editor with a YAML language server, the first line of the
stack file gives completion and checks while you type.

The column "Change" says what another value does to a stack that is up, and \`npm run changes\` carries out each of these
changes, there and back:

${markdownTable(
  ["Change", "Meaning"],
  Object.entries(effects).map(([effect, meaning]) => [effect, meaning]),
)}
`;

/** The values are listed here once, since several settings take them. */
const retentionTitle = "Observability: how long logs are kept";

const retentionChapter = `## ${retentionTitle}

CloudWatch Logs keeps events for one of these numbers of days: ${retentionPeriods.join(", ")}.
`;

const outputsChapter = `## Outputs: what other projects read

Another project reads them by \`hybridOutputs\` of [outputs.ts](../outputs.ts), which has their types.

${markdownTable(
  ["Output", "Meaning"],
  Object.entries(outputs).map(([name, { text }]) => [code(name), text]),
)}
`;

/** The whole page. */
export function reference(): string {
  const settings = settingsSchema();
  const sections = sectionsOf("", settings);
  const chaptersOfSettings = Object.entries(chapters).flatMap(([district, title]) => [
    `## ${title}\n`,
    ...(district === "stack" ? [`${table("", plainOf(settings))}\n`] : []),
    ...sections.filter((section) => districtOf(section) === district).map(render),
  ]);
  return [head, ...chaptersOfSettings, retentionChapter, outputsChapter].join("\n");
}

/** Returns the settings that have no section of their own, since their values are plain. */
function plainOf(settings: JsonSchema): JsonSchema {
  const plain = Object.entries(propertiesOf(settings)).filter(([, property]) => !innerOf(property));
  return { properties: Object.fromEntries(plain) };
}

function districtOf({ path }: Section): District | undefined {
  const [setting = ""] = path.split(".");
  return (districts as Readonly<Record<string, District>>)[setting];
}

function sectionsOf(path: string, schema: JsonSchema): Section[] {
  const children = Object.entries(propertiesOf(schema)).flatMap(([key, property]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const inner = innerOf(property);
    return inner ? sectionsOf(`${at}${inner.suffix}`, inner.schema) : [];
  });
  return path === "" ? children : [{ path, schema, variants: schema.oneOf ?? [] }, ...children];
}

/** Returns the object in a property, in each of its named values, or in each entry of its list; undefined for plain values. */
function innerOf(property: JsonSchema): { suffix: string; schema: JsonSchema } | undefined {
  const { additionalProperties: named, items } = property;
  if (property.properties || property.oneOf) return { suffix: "", schema: property };
  const mapping = typeof named === "object" ? mappingIn(named) : undefined;
  if (mapping) {
    return {
      suffix: ".NAME",
      schema: { ...mapping, description: property.description ?? mapping.description ?? "" },
    };
  }
  if (items && !Array.isArray(items) && items.properties) return { suffix: "[]", schema: items };
  return undefined;
}

/** Returns a value's form as a mapping, which may be one of several; undefined if it has none. */
function mappingIn(schema: JsonSchema): JsonSchema | undefined {
  return [schema, ...(schema.anyOf ?? [])].find(({ properties, oneOf }) => properties ?? oneOf);
}

/** Returns an object's fields; for a union those of all variants, of which the first describes a field of several. */
function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).filter(([, { not }]) => !not));
  }
  const all: Record<string, JsonSchema> = {};
  for (const variant of schema.oneOf ?? [])
    for (const [key, property] of Object.entries(propertiesOf(variant))) {
      const { properties } = all[key] ?? property;
      all[key] = {
        ...property,
        ...all[key],
        ...(properties ? { properties: { ...property.properties, ...properties } } : {}),
      };
    }
  return all;
}

function render({ path, schema, variants }: Section): string {
  const tables =
    variants.length === 0
      ? [table(path, schema)]
      : variants.map((variant) => `${titleOf(variant, schema)}:\n\n${table(path, variant)}`);
  const ofMapping = changeOf(path);
  return [
    `### ${path}`,
    ...(schema.description ? [schema.description] : []),
    // Of a mapping in a table, that table tells.
    ...(ofMapping && (path.endsWith(".NAME") || !path.includes(".")) ? [`Change: ${ofMapping}`] : []),
    ...tables,
  ]
    .join("\n\n")
    .concat("\n");
}

/** `With mode: bridge`, or `With existing` and `Without existing`. */
function titleOf({ properties = {}, required = [] }: JsonSchema, { presenceOf }: JsonSchema): string {
  if (presenceOf !== undefined)
    return `${required.includes(presenceOf) ? "With" : "Without"} ${code(presenceOf)}`;
  const mode = Object.entries(properties).find(([, { const: value }]) => value !== undefined);
  return `With ${code(`${mode?.[0]}: ${mode?.[1].const}`)}`;
}

function table(path: string, schema: JsonSchema): string {
  const rows = Object.entries(propertiesOf(schema)).map(([key, property]) => [
    `\`${key}\``,
    type(path === "" ? key : `${path}.${key}`, property),
    fallback(property, schema.required?.includes(key) ?? false),
    property.description ?? "",
    changeOf(path === "" ? key : `${path}.${key}`, property) ?? "",
  ]);
  return markdownTable(["Field", "Type", "Default", "Meaning", "Change"], rows);
}

/** Returns what a change of the field does; undefined where the fields inside it tell. */
function changeOf(path: string, property: JsonSchema = {}): string | undefined {
  const rows: Readonly<Record<string, Row>> = changes;
  const row = rows[path] ?? rows[`${path}${innerOf(property)?.suffix}`] ?? rows[`${path}.NAME`];
  return row && `*${row.effect}*: ${row.text}`;
}

function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, heading.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

function type(path: string, property: JsonSchema): string {
  const inner = innerOf(property);
  if (!inner) return plainType(property);
  const { additionalProperties: named } = property;
  const words = typeof named === "object" && named.anyOf ? "text or mapping by name" : "mapping by name";
  return `[${inner.suffix === "" ? "mapping" : inner.suffix === "[]" ? "list" : words}](#${anchor(path + inner.suffix)})`;
}

function plainType(property: JsonSchema): string {
  const { enum: values, const: value, items, additionalProperties } = property;
  if (value !== undefined) return code(value);
  if (values?.join() === retentionPeriods.join()) return `[number of days](#${anchor(retentionTitle)})`;
  if (values) return values.map(code).join(", ");
  if (Array.isArray(items)) return `list of ${items.length} ${plainType(items[0] ?? {})}s`;
  if (items?.enum) return `list of ${plainType(items)}`;
  if (items) return `list: ${plainType(items)}`;
  if (typeof additionalProperties === "object") return `mapping: ${plainType(additionalProperties)}`;
  if (property.format === "ipv4") return "IPv4 address";
  if (property.format === "uri") return "URL";
  if (property.pattern?.includes("\\/([0-9]|[1-2][0-9]|3[0-2])$")) return "IPv4 range";
  const { minimum, maximum, anyOf } = property;
  if (anyOf?.some((one) => one.const !== undefined)) return anyOf.map(plainType).join(", or ");
  const name =
    property.anyOf || Array.isArray(property.type)
      ? "text"
      : (words[property.type ?? ""] ?? property.type ?? "");
  if (minimum !== undefined && maximum !== undefined) return `${name}, ${minimum} to ${maximum}`;
  return minimum === undefined ? name : `${name}, at least ${minimum}`;
}

const words: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
};

function fallback(property: JsonSchema, required: boolean): string {
  if (required) return "**required**";
  const { default: value } = property;
  const empty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return value === undefined || empty ? "" : code(value);
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** Returns the anchor that GitHub gives a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9_ -]/g, "")
    .replaceAll(" ", "-");
