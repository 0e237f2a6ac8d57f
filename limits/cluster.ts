/** What a node has from the moment it joins. */

/** The ECS attribute that every node has: its value is the host's key in `hosts`. */
export const hostAttribute = "hybrid.host";
