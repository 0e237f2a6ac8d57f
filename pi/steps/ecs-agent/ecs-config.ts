import type { OwnedFile } from "../../step.ts";
import type { EcsAgentArgs } from "./args.ts";

/** /etc/ecs/ecs.config: what the ECS agent registers as. */
export function ecsConfig(
  { clusterName, privately = false }: EcsAgentArgs,
  attributes: Readonly<Record<string, string>>,
): OwnedFile {
  const lines = [
    "# From ecs-anywhere-hybrid: edits are put back.",
    // The agent keeps to the host that it was once told for 12 hours (amazon-ecs-agent, `defaultPollEndpointCacheTTL`), and
    // the public ones have no private name: a line that changes restarts it.
    ...(privately ? ["# AWS is at private addresses."] : []),
    ...registrationLines(clusterName, attributes),
  ];
  return { path: "/etc/ecs/ecs.config", mode: "644", content: `${lines.join("\n")}\n` };
}

/**
 * Returns the lines that the ECS agent reads only while it has no state: what it once registered with is a container
 * instance, and another cluster or other attributes take a new one (agent README, "ECS_CLUSTER").
 */
export function registrationLines(
  clusterName: string,
  attributes: Readonly<Record<string, string>>,
): string[] {
  const sorted = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  const some = Object.keys(sorted).length > 0;
  return [
    `ECS_CLUSTER=${clusterName}`,
    ...(some ? [`ECS_INSTANCE_ATTRIBUTES=${JSON.stringify(sorted)}`] : []),
  ];
}
