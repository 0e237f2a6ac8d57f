/** What an `up` does to resources, as rows of config/changes.ts claim it: `replace LoadBalancer web-lb`. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

const operations = ["create", "update", "delete", "replace"] as const;

/** Returns what was done to resources; of a replacement, one line. Components only hold others, and are not told. */
export function stepsOf(events: readonly EngineEvent[]): readonly string[] {
  const steps = events.flatMap(({ resourcePreEvent }) => {
    const { op, urn = "" } = resourcePreEvent?.metadata ?? {};
    const [, , types = "", ...name] = urn.split("::");
    const type = types.split("$").at(-1) ?? "";
    const isTold = operations.some((known) => known === op) && !/^(hybrid|pulumi):/.test(type);
    return isTold ? [`${op} ${type.slice(type.lastIndexOf(":") + 1)} ${name.join("::")}`] : [];
  });
  return [...new Set(steps)].toSorted();
}

/** Whether a step is one on a host: nothing of it is in AWS. */
export const isOnHost = (step: string): boolean => /^\w+ (Command|CopyToRemote) /.test(step);

/** Whether a step is one that a claim means. `*` in a claim stands for any text. */
export function isMeant(claim: string, step: string): boolean {
  const pattern = claim.split("*").map((text) => text.replace(/[.[\]()|\\^$+?{}]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(step);
}

/** Whether two claims may mean the same resource: neither its type nor its name tells them apart. */
export function mayMeet(one: string, other: string): boolean {
  const [[typeA = "*", nameA = "*"], [typeB = "*", nameB = "*"]] = [partsOf(one), partsOf(other)];
  return mayBeSame(typeA, typeB) && mayBeSame(nameA, nameB);
}

const partsOf = (claim: string) => claim.split(" ").slice(1);

/** Whether a text may match both patterns: no character before the first `*` or after the last one tells them apart. */
function mayBeSame(a: string, b: string): boolean {
  const [beginA = "", beginB = ""] = [a, b].map((text) => text.split("*")[0]);
  const [endA = "", endB = ""] = [a, b].map((text) => text.split("*").at(-1));
  const begins = beginA.startsWith(beginB) || beginB.startsWith(beginA);
  return a === b || (begins && (endA.endsWith(endB) || endB.endsWith(endA)) && `${a}${b}`.includes("*"));
}

const opposites: Readonly<Record<string, string>> = { create: "delete", delete: "create" };

/** Returns the claims of the way back. */
export const opposite = (claims: readonly string[]): readonly string[] =>
  claims.map((claim) => claim.replace(/^\w+/, (operation) => opposites[operation] ?? operation));
