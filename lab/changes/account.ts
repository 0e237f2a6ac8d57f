/** What the simulated account holds, with no names that AWS makes up: two accounts that do the same are the same text. */
import type { Aws } from "../aws/aws.ts";

/** Identifiers and secrets that AWS chooses at random, revisions, and the ends of Pulumi's names. */
const chosen = [
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
  /\b[a-z]+-[0-9a-f]{8,17}\b/g,
  /(?<=-)[0-9a-f]{7}\b/g,
  /(?<=:task-definition\/[^:"]+:)\d+/g,
  /(?<=\/)[0-9a-f]{16,32}\b/g,
];

/** Returns a line for each resource: its type, and what was asked of it. */
export function accountOf(aws: Aws): readonly string[] {
  return aws
    .resources()
    .map(({ type, inputs }) => {
      const sorted = Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const text = `${type} ${JSON.stringify(Object.fromEntries(sorted))}`;
      return chosen.reduce((plain, pattern) => plain.replaceAll(pattern, "*"), text);
    })
    .toSorted();
}

/** Returns the lines that only one of two accounts has, with `+` or `-` before them. */
export function differences(before: readonly string[], after: readonly string[]): readonly string[] {
  const rest = [...after];
  const gone = before.filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [...gone.map((line) => `- ${line}`), ...rest.map((line) => `+ ${line}`)];
}
