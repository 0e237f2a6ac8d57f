/** Which nodes may run a task, as pure data: the scheduler's own rule, needed before there is a scheduler. */

export interface Placement {
  /** Attributes that a node must have, with these values. */
  readonly attributes: Readonly<Record<string, string>>;
  /** At most one task of the service a node. */
  readonly distinctInstance: boolean;
}

/** Names of the nodes whose attributes satisfy a placement, in the order of `nodes`. */
export function eligibleNodes(
  nodes: Readonly<Record<string, { readonly attributes: Readonly<Record<string, string>> }>>,
  { attributes }: Pick<Placement, "attributes">,
): readonly string[] {
  return Object.entries(nodes)
    .filter(([, node]) => Object.entries(attributes).every(([key, value]) => node.attributes[key] === value))
    .map(([name]) => name);
}
