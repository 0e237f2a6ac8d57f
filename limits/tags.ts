/** What AWS takes as tags: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
import { type Problem, problemIf } from "./problem.ts";

/** The tags that the program gives a resource itself; keys that begin like the last are its own, too. */
const own = ["Name", "hybrid:project", "hybrid:stack", "hybrid:cluster"];
const ownPrefix = "hybrid:";

/** AWS takes 50 for a resource. */
const most = 50 - own.length;

/** Letters, digits and spaces of any script, and these signs. */
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u;
const allowedText = "letters, digits, spaces and _ . : / = + - @";

/** Why AWS would not take a stack's own tags on every resource. */
export function tagProblems(field: string, tags: Readonly<Record<string, string>>): readonly Problem[] {
  const keys = Object.keys(tags);
  return [
    ...problemIf(keys.length > most, {
      field,
      value: `${keys.length} tags`,
      rule: `must be at most ${most}: AWS takes 50 for a resource, of which ${own.length} are the program's`,
      remedy: "remove some",
    }),
    ...keys.flatMap((key, i) => keyProblems(field, key, keys.slice(0, i))),
    ...Object.entries(tags).flatMap(([key, value]) => valueProblems(`${field}.${key}`, value)),
  ];
}

/** @param others the keys before it: for IAM, two that differ in case only are one */
function keyProblems(field: string, key: string, others: readonly string[]): readonly Problem[] {
  const lower = key.toLowerCase();
  const twin = others.find((other) => other.toLowerCase() === lower);
  return [
    ...problemIf(key.length > 128 || !allowed.test(key), {
      field,
      value: key,
      rule: `must have keys of 1 to 128 of ${allowedText}`,
      remedy: "choose another key",
    }),
    ...problemIf(lower.startsWith("aws:"), {
      field,
      value: key,
      rule: "must not have keys that begin with aws:, which AWS keeps for itself",
      remedy: "choose another key",
    }),
    ...problemIf(lower === "name" || lower.startsWith(ownPrefix), {
      field,
      value: key,
      rule: `must not have keys that the program sets: Name, and those that begin with ${ownPrefix}`,
      remedy: "choose another key",
    }),
    ...problemIf(twin !== undefined, {
      field,
      value: key,
      rule: `must not differ from ${twin} in case only: for IAM, they are one key`,
      remedy: "remove one of them",
    }),
  ];
}

function valueProblems(field: string, value: string): readonly Problem[] {
  return problemIf(value.length > 256 || !allowed.test(value), {
    field,
    value,
    rule: `must be 1 to 256 of ${allowedText}`,
    remedy: "choose another value",
  });
}
