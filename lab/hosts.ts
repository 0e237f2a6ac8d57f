/** The hosts of the running lab, by their roles. */
import { strict as assert } from "node:assert";
import { readSettings } from "./settings.ts";
import { redisNode } from "./stack-config.ts";
import { type HostSpec, hostsOf } from "./world/topology.ts";

export const labHosts = (): readonly HostSpec[] => hostsOf(readSettings().nodes);

export const labNodes = (): readonly HostSpec[] => labHosts().filter(({ roles }) => roles.includes("node"));

/** Returns a node, for a claim that needs only one. */
export function firstNode(): HostSpec {
  const [node] = labNodes();
  assert(node);
  return node;
}

export function gatewayHost(): HostSpec {
  const gateway = labHosts().find(({ roles }) => roles.includes("gateway"));
  assert(gateway);
  return gateway;
}

/** Returns the node that Redis is pinned to. */
export function pinnedNode(): HostSpec {
  const node = redisNode(labHosts());
  assert(node);
  return node;
}
