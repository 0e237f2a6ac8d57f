/** Values that several settings share. */
import { z } from "zod";
import { retentionPeriods } from "../../limits/observability.ts";
import type { Problem } from "../../limits/problem.ts";
import { hostPortProblems } from "../../limits/service/host-ports.ts";

export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "must be 1 to 31 of a-z, 0-9 and -, and start with a letter; rename it");

/** What is said of a value that has another form; of one that is missing, that it is missing. */
const otherwise = (message: string) => ({
  error: ({ input }: { readonly input: unknown }) => (input === undefined ? undefined : message),
});

export const ipv4 = z.ipv4(otherwise("must be an IPv4 address; write it as 192.168.1.196"));

export const cidr = z.cidrv4(otherwise("must be an IPv4 range; write it as 10.0.0.0/16"));

export const zone = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "must be an availability zone; write it as us-east-1a");

export const port = z.int().min(1).max(65535);

/** Text; YAML's `true` and `6379` count as the text they are written as. */
export const text = z.union([z.string(), z.boolean(), z.number()]).transform(String);

/** Lets a component's own check, which knows what AWS takes, speak for a field. */
export function by<T>(check: (field: string, value: T) => readonly Problem[]) {
  return (value: T, { addIssue }: { addIssue(message: string): void }) => {
    for (const { rule, remedy } of check("", value)) addIssue(`${rule}; ${remedy}`);
  };
}

export const hostPort = port.superRefine(by(hostPortProblems));

/** How long CloudWatch Logs keeps something. */
export const retentionDays = z.literal(retentionPeriods).default(30);
