/** What zod finds, as problems that tell the user what to do. */
import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { Problem } from "../limits/problem.ts";
import { descriptionOf, exampleKey, isSecret, knownKeys, type Path } from "./schema-path.ts";

type Issue = z.core.$ZodIssue;

/**
 * The problems that zod's issues stand for.
 *
 * @param raw the whole of what was given
 */
export function problemsOfIssues(issues: readonly Issue[], raw: unknown): Problem[] {
  const isOfType = (path: Path) =>
    !issues.some((other) => other.code === "invalid_type" && other.path.join() === path.join());
  // Zod also counts the characters of a text where a list belongs.
  return issues
    .filter(({ code, path }) => code === "invalid_type" || isOfType(path))
    .flatMap((issue) => problemsOfIssue(issue, raw));
}

/** A message of the schema's own reads "rule; remedy". */
function problemsOfIssue(issue: Issue, raw: unknown): Problem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key, raw));
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    return issue.issues.flatMap((inner) => problemsOfIssue({ ...inner, path: issue.path }, raw));
  }
  const [rule, remedy] = issue.message.includes("; ") ? issue.message.split("; ") : ruleOf(issue, raw);
  return [
    {
      field: issue.path.join("."),
      value: shown(issue, raw),
      rule: rule ?? issue.message,
      remedy: remedy ?? "docs/reference.md says what it takes",
    },
  ];
}

function unknownKey(path: Path, key: string, raw: unknown): Problem {
  const problem = { field: [...path, key].join("."), value: "(unknown key)" };
  if (path.length === 0 && /[.[]/.test(key)) {
    return {
      ...problem,
      rule: "is a path: without --path, pulumi takes it for the name of a setting",
      remedy: `run \`pulumi config rm '${key}'\`, then the same command with --path`,
    };
  }
  const known = knownKeys(path, raw);
  const near = closest(key, [...known]);
  const isNear = distance(key, near) * 2 < Math.max(key.length, near.length);
  return {
    ...problem,
    rule: `known here: ${known.join(", ")}`,
    remedy: isNear ? `did you mean ${near}?` : "remove it",
  };
}

/** Rule and remedy where the schema has no words of its own. */
function ruleOf(issue: Issue, raw: unknown): readonly string[] {
  const explained = (rule: string) => {
    const description = descriptionOf(issue.path, raw);
    return description === undefined
      ? rule
      : `${rule}: ${description.replace(/^[A-Z](?=[a-z' ])/, (c) => c.toLowerCase())}`;
  };
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined)
        return [explained("must be given"), `run \`${setting(issue.path, raw)}\``];
      return formOf(issue.expected, issue.path, raw);
    case "invalid_value":
      return [`must be one of ${issue.values.join(", ")}`, "choose one of them"];
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? [explained(`must be one of ${issue.options.join(", ")}`), "choose one of them"]
        : ["must be a single value: text, a number, true or false", "write it in quotes"];
    case "too_small":
      return boundOf(issue, issue.inclusive ? "at least" : "more than", issue.minimum, more, explained);
    case "too_big":
      return boundOf(issue, issue.inclusive ? "at most" : "less than", issue.maximum, less, explained);
    default:
      return [issue.message];
  }
}

const more = { entries: "add to it", characters: "write more", number: "raise it" };
const less = { entries: "take some out", characters: "shorten it", number: "lower it" };

function boundOf(
  { origin }: { readonly origin: string },
  relation: string,
  limit: number | bigint,
  remedies: typeof more,
  explained: (rule: string) => string,
): readonly [rule: string, remedy: string] {
  const one = Number(limit) === 1;
  switch (origin) {
    case "array":
      return [explained(`must have ${relation} ${limit} ${one ? "entry" : "entries"}`), remedies.entries];
    case "string":
      return [explained(`must have ${relation} ${limit} character${one ? "" : "s"}`), remedies.characters];
    default:
      return [explained(`must be ${relation} ${limit}`), remedies.number];
  }
}

function formOf(expected: string, path: Path, raw: unknown): readonly [rule: string, remedy: string] {
  switch (expected) {
    case "string":
      return ["must be text", "write it in quotes"];
    case "number":
      return ["must be a number", "write it in digits, without quotes"];
    case "int":
      return ["must be a whole number", "round it"];
    case "boolean":
      return ["must be true or false", "write one of them, without quotes"];
    case "object":
    case "record":
      return [
        "must be a mapping",
        `run \`pulumi config rm --path ${propertyPath(path)}\`, then set its fields, such as \`${setting(path, raw)}\``,
      ];
    case "array":
    case "tuple":
      return ["must be a list", "write it as [one, another]"];
    default:
      return [`must be of type ${expected}`, "write it as one"];
  }
}

/** The command that sets a field; of a secret, it asks for the value, which no shell then remembers. */
export function setting(path: Path, raw: unknown): string {
  const key = exampleKey(path, raw);
  if (key !== undefined) return setting([...path, key], raw);
  return isSecret(path, raw)
    ? `pulumi config set --secret --path ${propertyPath(path)}`
    : `pulumi config set --path ${propertyPath(path)} VALUE`;
}

/** As Pulumi's command line names a field: `network.zones[0]`. */
function propertyPath([first, ...rest]: Path): string {
  const inner = rest.map((key) =>
    typeof key === "number"
      ? `[${key}]`
      : /[.[\]"]/.test(String(key))
        ? `["${String(key)}"]`
        : `.${String(key)}`,
  );
  const path = [String(first), ...inner].join("");
  return /^[\w.-]+$/.test(path) ? path : `'${path}'`;
}

/** The value as given, if that is short and no secret: of lists and mappings no more than plain values in a list. */
function shown(issue: Issue, raw: unknown): string {
  // Of a discriminated union, the input is the whole mapping, and the path ends in the discriminator.
  const value =
    issue.code === "invalid_union" && "options" in issue
      ? Object(issue.input)[issue.path.at(-1) ?? ""]
      : issue.input;
  if (value === undefined) return "(missing)";
  if (isSecret(issue.path, raw)) return secretValue(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value) ? value.some(isComposite) : isComposite(value)) {
    return Array.isArray(value) ? "(a list)" : "(a mapping)";
  }
  return JSON.stringify(value);
}

/** What may be said of a secret. */
export function secretValue(value: unknown): string {
  return typeof value === "string" ? `(secret, ${value.length} characters)` : "(secret)";
}

const isComposite = (value: unknown) => typeof value === "object" && value !== null;
