/** Services, and the nodes that can run them. */
import { roomProblems } from "../../limits/service/placement.ts";
import { nodesOf } from "../views.ts";
import type { Rule } from "./rule.ts";

const placement: Rule = (config) => {
  const nodes = nodesOf(config);
  return Object.entries(config.services).flatMap(([name, service]) =>
    roomProblems(`services.${name}`, nodes, service),
  );
};

export const serviceRules: readonly Rule[] = [placement];
