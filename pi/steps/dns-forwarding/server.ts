import type { Script } from "../../step.ts";

export interface Forwarding {
  /** Names under these go to the resolvers, such as us-east-1.amazonaws.com; without a final dot. */
  readonly domains: readonly string[];
  /** IPv4 addresses of the VPC's inbound resolver. */
  readonly resolvers: readonly string[];
}

/** `node`: the host runs the server for itself and its containers. `site-server`: the site's own, which runs already. */
export type Role = "node" | "site-server";

/**
 * What one DNS server makes of it. Its scripts find `$address`, the host's own, and the functions of
 * `name-servers.ts`.
 */
export interface DnsServer {
  /** systemd's name of it, without `.service`. */
  readonly unit: string;
  readonly package: string;
  /** How long a client is to wait: an option line of resolv.conf(5). */
  readonly patience: string;
  /** What a person puts into it; says in its first line where. */
  readonly snippet: (forwarding: Forwarding) => string;
  /** Declares its files. */
  readonly detect: (forwarding: Forwarding, role: Role) => Script;
  readonly require?: (forwarding: Forwarding, role: Role) => Script;
  /** Right after its package came. */
  readonly prepare?: Script;
  readonly validate?: (role: Role) => Script;
  /** Checks the host's whole configuration, once the files are in place. */
  readonly check?: Script;
  /** How the running server takes over its files: some read them only when they start. */
  readonly takesOver: "restart" | "reload-or-restart";
  /** Once it has. */
  readonly afterwards?: (forwarding: Forwarding, role: Role) => Script;
  /** Beside the answer that is asked for: whatever else must hold. */
  readonly verify?: Script;
  /** After the files were put back. */
  readonly undo?: Script;
}

/** One line a value, for a configuration that repeats its keyword. */
export const each = (values: readonly string[], line: (value: string) => string) => values.map(line).join("");

export const managed = "Managed by ecs-anywhere-hybrid: changes are lost.";
export const purpose =
  "Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.";
