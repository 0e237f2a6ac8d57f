/** Turns zod's issues into problems that tell the user what to do. */
import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { isRemedy, isRule, type Problem, type RuleText } from "../limits/problem.ts";
import {
  descriptionOf,
  exampleKey,
  isSecret,
  knownKeys,
  optionByPresence,
  type Path,
} from "./schema-path.ts";

type Issue = z.core.$ZodIssue;

/**
 * Returns the problems that zod's issues mean.
 *
 * @param raw the whole of what was given
 */
export function problemsOfIssues(issues: readonly Issue[], raw: unknown): Problem[] {
  const isOfType = (path: Path) =>
    !issues.some((other) => other.code === "invalid_type" && other.path.join() === path.join());
  // Zod also counts the characters of a text in the place of a list.
  return issues
    .filter(({ code, path }) => code === "invalid_type" || isOfType(path))
    .flatMap((issue) => problemsOfIssue(issue, raw));
}

/**
 * Returns the issues of the one option that a key's presence chooses, or whose type the value has; undefined if it has the
 * type of none, or of several.
 */
function chosenOption(issue: z.core.$ZodIssueInvalidUnion, raw: unknown): readonly Issue[] | undefined {
  const option = optionByPresence(issue.path, raw);
  if (option !== undefined) return issue.errors[option];
  const isOfType = (issues: readonly Issue[]) =>
    !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
  const [only, ...others] = issue.errors.filter(isOfType);
  return others.length === 0 ? only : undefined;
}

type Words = Pick<Problem, "rule" | "remedy">;

function problemsOfIssue(issue: Issue, raw: unknown): Problem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key, raw));
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    return issue.issues.flatMap((inner) => problemsOfIssue({ ...inner, path: issue.path }, raw));
  }
  const chosen = issue.code === "invalid_union" ? chosenOption(issue, raw) : undefined;
  if (chosen) {
    const inner = chosen.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
    return problemsOfIssues(inner, raw);
  }
  return [
    {
      field: issue.path.join("."),
      value: shown(issue, raw),
      ...(ownWords(issue.message) ?? wordsOf(issue, raw)),
    },
  ];
}

/** Takes apart what `wording` of schema/values.ts put together; undefined for a message of zod's. */
function ownWords(message: string): Words | undefined {
  const [rule = "", remedy = ""] = message.split("; ");
  return isRule(rule) && isRemedy(remedy) ? { rule, remedy } : undefined;
}

function unknownKey(path: Path, key: string, raw: unknown): Problem {
  const problem = { field: [...path, key].join("."), value: "(unknown key)" };
  if (path.length === 0 && /[.[]/.test(key)) {
    return {
      ...problem,
      rule: "must be the name of a setting: without --path, pulumi takes a path for one",
      remedy: `run \`pulumi config rm '${key}'\`, then the same command with --path`,
    };
  }
  const known = knownKeys(path, raw);
  const near = closest(key, [...known]);
  const isNear = distance(key, near) * 2 < Math.max(key.length, near.length);
  return {
    ...problem,
    rule: `must be one of ${known.join(", ")}`,
    remedy: isNear ? `write ${near}` : "remove it",
  };
}

/** Returns the words for an issue that has none in the schema. */
function wordsOf(issue: Issue, raw: unknown): Words {
  const explained = (rule: RuleText): RuleText => {
    const description = descriptionOf(issue.path, raw);
    return description === undefined
      ? rule
      : `${rule}: ${description.replace(/^[A-Z](?=[a-z' ])/, (c) => c.toLowerCase())}`;
  };
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? { rule: explained("must be given"), remedy: `run \`${setting(issue.path, raw)}\`` }
        : formOf(issue.expected, issue.path, raw);
    case "invalid_value":
      return { rule: `must be one of ${issue.values.join(", ")}`, remedy: "choose one of them" };
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? { rule: explained(`must be one of ${issue.options.join(", ")}`), remedy: "choose one of them" }
        : {
            rule: "must be a single value: text, a number, true or false",
            remedy: "write it in quotes",
          };
    case "too_small": {
      const { rule, kind } = boundOf(issue.origin, issue.inclusive ? "at least" : "more than", issue.minimum);
      return { rule: explained(rule), remedy: more[kind] };
    }
    case "too_big": {
      const { rule, kind } = boundOf(issue.origin, issue.inclusive ? "at most" : "less than", issue.maximum);
      return { rule: explained(rule), remedy: less[kind] };
    }
    default:
      return { rule: explained("must have another form"), remedy: "look it up in docs/reference.md" };
  }
}

const more = { list: "add to it", text: "write more text", number: "raise it to that" } as const;
const less = { list: "remove some of it", text: "shorten it to that", number: "lower it to that" } as const;

function boundOf(
  origin: string,
  relation: string,
  limit: number | bigint,
): { readonly rule: RuleText; readonly kind: keyof typeof more } {
  const isOne = Number(limit) === 1;
  switch (origin) {
    case "array":
      return { rule: `must have ${relation} ${limit} ${isOne ? "entry" : "entries"}`, kind: "list" };
    case "string":
      return { rule: `must have ${relation} ${limit} character${isOne ? "" : "s"}`, kind: "text" };
    default:
      return { rule: `must be ${relation} ${limit}`, kind: "number" };
  }
}

function formOf(expected: string, path: Path, raw: unknown): Words {
  switch (expected) {
    case "string":
      return { rule: "must be text", remedy: "write it in quotes" };
    case "number":
      return { rule: "must be a number", remedy: "write it in digits, without quotes" };
    case "int":
      return { rule: "must be a whole number", remedy: "round it up or down" };
    case "boolean":
      return { rule: "must be true or false", remedy: "write one of them, without quotes" };
    case "object":
    case "record":
      return {
        rule: "must be a mapping",
        remedy: `run \`pulumi config rm --path ${propertyPath(path)}\`, then set its fields, such as \`${setting(path, raw)}\``,
      };
    case "array":
    case "tuple":
      return { rule: "must be a list", remedy: "write it as [one, another]" };
    default:
      return { rule: `must be of type ${expected}`, remedy: "write it as one" };
  }
}

/** Returns the command that sets a field. For a secret it prompts for the value, so that no shell remembers it. */
export function setting(path: Path, raw: unknown): string {
  const key = exampleKey(path, raw);
  if (key !== undefined) return setting([...path, key], raw);
  return isSecret(path, raw)
    ? `pulumi config set --secret --path ${propertyPath(path)}`
    : `pulumi config set --path ${propertyPath(path)} VALUE`;
}

/** Returns a field's name on Pulumi's command line: `network.zones[0]`. */
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

/** Returns the value as given, unless it is secret or long. Of lists and mappings, only plain values in a list are shown. */
function shown(issue: Issue, raw: unknown): string {
  // For a discriminated union, the input is the whole mapping, and the path ends in the discriminator.
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

/** Returns what may be shown of a secret. */
export function secretValue(value: unknown): string {
  return typeof value === "string" ? `(secret, ${value.length} characters)` : "(secret)";
}

const isComposite = (value: unknown) => typeof value === "object" && value !== null;
