/**
 * What must hold between fields. Each rule in `rules/` is a pure function from the whole configuration to the problems
 * it finds; a rule about one field alone stands with the field, in `schema/`.
 */
import type { Problem } from "../limits/problem.ts";
import { hostPortRules } from "./rules/host-ports.ts";
import { networkRules } from "./rules/network.ts";
import { privateConnectivityRules } from "./rules/private-connectivity.ts";
import { serviceRules } from "./rules/services.ts";
import { siteRules } from "./rules/site.ts";
import type { HybridConfig } from "./schema.ts";

const rules = [...networkRules, ...siteRules, ...serviceRules, ...hostPortRules, ...privateConnectivityRules];

/** All problems of a configuration that satisfies the schema. */
export function problemsOf(config: HybridConfig, region: string): Problem[] {
  return rules.flatMap((rule) => rule(config, region));
}
