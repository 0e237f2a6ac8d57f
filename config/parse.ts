import type { Problem } from "../limits/problem.ts";
import { InvalidInput } from "./errors.ts";
import { problemsOfIssues } from "./issues.ts";
import { problemsOf } from "./rules.ts";
import { type HybridConfig, hybridConfig } from "./schema.ts";

/**
 * Checks a stack's configuration and fills in the defaults.
 *
 * @param raw one value for each top-level key of the schema
 * @throws InvalidInput when there are problems: all of them at once, without secrets
 */
export function parse(raw: unknown, region: string): HybridConfig {
  const { config, problems } = check(raw, region);
  if (!config || problems.length > 0) throw new InvalidInput(problems);
  return config;
}

interface Checked {
  /** Absent if the schema is not satisfied. */
  readonly config?: HybridConfig;
  readonly problems: readonly Problem[];
}

/** Does what `parse` does, and returns the problems instead of throwing. Without a Region, only the schema is checked. */
export function check(raw: unknown, region: string | undefined): Checked {
  const { data, error } = hybridConfig.safeParse(raw, { reportInput: true });
  if (!data) return { problems: problemsOfIssues(error.issues, raw) };
  return { config: data, problems: region === undefined ? [] : problemsOf(data, region) };
}
