/** Services, and the nodes that can run them. */
import { portsOf } from "../../limits/service/host-ports.ts";
import { roomProblems } from "../../limits/service/placement.ts";
import { nodesOf } from "../views.ts";
import type { Rule } from "./rule.ts";

const placement: Rule = (config) =>
  Object.entries(config.services).flatMap(([name, { placement, desiredCount, network }]) => {
    const oneANode = placement.distinctInstance || portsOf(network).length > 0;
    return roomProblems(`services.${name}`, nodesOf(config), { placement, count: desiredCount, oneANode });
  });

export const serviceRules: readonly Rule[] = [placement];
