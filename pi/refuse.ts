import { fail, type RemedyText, type RuleText } from "../limits/problem.ts";

/**
 * Ends what was given something that no host could carry out: which field, what it was given, the rule, the remedy.
 *
 * @throws RunError, which Pulumi prints without a stack trace
 */
export function refuse(field: string, value: string, rule: string, remedy: string): never {
  fail(field, value, rule as RuleText, remedy as RemedyText);
}

/** An IPv4 range as it may stand in a file that a daemon or a shell reads. */
export const ipv4Range = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;
