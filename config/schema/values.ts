/** Values that several settings share. */
import { z } from "zod";
import { retentionPeriods } from "../../limits/observability.ts";
import type { Problem, RemedyText, RuleText } from "../../limits/problem.ts";
import { hostPortProblems } from "../../limits/service/host-ports.ts";

export const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,30}$/,
    wording("must be 1 to 31 of a-z, 0-9 and -, and start with a letter", "choose another name"),
  );

/**
 * The name that an entry had before its owner renamed it.
 *
 * @param without what a rename does without this field
 */
export function formerly(without: string) {
  return name
    .optional()
    .describe(
      `The name before a rename: the next \`up\` renames what the stack has under it. Remove this field afterwards. Without it, ${without}.`,
    );
}

/** The message for a value of another form. A missing value keeps the message that it is missing. */
function otherwise(rule: RuleText, remedy: RemedyText) {
  return {
    error: ({ input }: { readonly input: unknown }) =>
      input === undefined ? undefined : wording(rule, remedy),
  };
}

export const ipv4 = z.ipv4(otherwise("must be an IPv4 address", "write it as 192.168.1.196"));

export const cidr = z.cidrv4(otherwise("must be an IPv4 range", "write it as 10.0.0.0/16"));

export const zone = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, wording("must be an availability zone", "write it as us-east-1a"));

/**
 * The id of a resource that AWS keeps.
 *
 * @param prefix for example `vpc` of `vpc-0123456789abcdef0`
 */
export function idOf(prefix: string) {
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`),
      wording(`must be ${prefix}- and 8 or 17 hexadecimal digits`, `write it as ${prefix}-0123456789abcdef0`),
    );
}

export const port = z.int().min(1).max(65535);

/** Text; YAML's `true` and `6379` count as the text they are written as. */
export const text = z.union([z.string(), z.boolean(), z.number()]).transform(String);

/** The message of a field's own form, which config/issues.ts takes apart again. */
export function wording(rule: RuleText, remedy: RemedyText): string {
  return `${rule}; ${remedy}`;
}

/** Checks a field by a function of limits/, which knows what AWS takes. */
export function validatedBy<T>(check: (field: string, value: T) => readonly Problem[]) {
  return (value: T, { addIssue }: { addIssue(message: string): void }) => {
    for (const { rule, remedy } of check("", value)) addIssue(wording(rule, remedy));
  };
}

export const hostPort = port.superRefine(validatedBy(hostPortProblems));

/** How long CloudWatch Logs keeps something. */
export const retentionDays = z.literal(retentionPeriods).default(30);
