/**
 * What must hold between fields. Each rule in `rules/` is a pure function from the whole configuration to the problems
 * that it finds. A rule about one field alone is with the field, in `schema/`.
 */
import type { Problem } from "../limits/problem.ts";
import { clusterRules } from "./rules/cluster.ts";
import { connectivityRules } from "./rules/connectivity.ts";
import { formerlyRules } from "./rules/formerly.ts";
import { loadBalancingRules } from "./rules/load-balancing.ts";
import { networkRules } from "./rules/network.ts";
import { privateConnectivityRules } from "./rules/private-connectivity.ts";
import { hostPortRules } from "./rules/service/host-ports.ts";
import { serviceRules } from "./rules/service.ts";
import { withoutInternet } from "./rules/site/without-internet.ts";
import { siteRules } from "./rules/site.ts";
import { tagRules } from "./rules/tags.ts";
import type { HybridConfig } from "./schema.ts";

const rules = [
  ...networkRules,
  ...siteRules,
  ...connectivityRules,
  ...privateConnectivityRules,
  withoutInternet,
  ...clusterRules,
  ...serviceRules,
  ...hostPortRules,
  ...loadBalancingRules,
  ...formerlyRules,
  ...tagRules,
];

/** Returns all problems of a configuration that satisfies the schema. */
export function problemsOf(config: HybridConfig, region: string): Problem[] {
  return rules.flatMap((rule) => rule(config, region));
}
