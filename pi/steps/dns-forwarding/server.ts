/** What a DNS server adds to the step: facts and texts here, the rest in the `.sh` file beside its record. */

export interface Forwarding {
  /** Names under these go to the resolvers, such as us-east-1.amazonaws.com; without a final dot. */
  readonly domains: readonly string[];
  /** IPv4 addresses of the VPC's inbound resolver. */
  readonly resolvers: readonly string[];
}

/** `node`: the host runs the server for itself and its containers. `site-server`: the site's own, which runs already. */
export type Role = "node" | "site-server";

/**
 * One DNS server. `servers/NAME.sh` may define, each with NAME_ before it (- as _):
 *
 * - `detect`: declares its files
 * - `require`: what must hold before anything is touched
 * - `prepare`: right after its package came
 * - `validate`: checks the staged files
 * - `check`: checks the site server's whole configuration, once the files are in place
 * - `afterwards`: once it has read them
 * - `verify`: what must hold besides the answer that is asked for
 * - `undo`: after the files were put back
 *
 * They find `$address`, this host's own, what `read_resolv_conf` sets, and the step's variables.
 */
export interface DnsServer {
  /** systemd's name of it, without `.service`. */
  readonly unit: string;
  /** System users that its package creates, and leaves behind. */
  readonly users: readonly string[];
  readonly package: string;
  /** Holds the files that `detect` declares, which it reads when it starts; ends in a slash. */
  readonly configFolder: string;
  /** How long a client waits: an option line of resolv.conf(5). */
  readonly patience: string;
  /** Where NetworkManager sends the name servers of its connections (NetworkManager.conf(5), `dns`). */
  readonly networkManager: "none" | "systemd-resolved";
  /** How the running server reads its files again: some read them only when they start. */
  readonly reload: "restart" | "reload-or-restart";
  readonly delays: Delays;
  /** Its configuration for the domains, and for nothing else. */
  readonly config: (forwarding: Forwarding) => string;
  /** The configuration that a person pastes; its first line says where. */
  readonly snippet: (forwarding: Forwarding) => string;
}

/** Seconds that a lookup takes at most. */
export interface Delays {
  /** Until the server leaves a resolver that just died. */
  readonly deadResolver: number;
  /** Until a program is told that no resolver answers. */
  readonly silence: number;
  /** Until a program is told that the gateway refuses packets for the resolvers. */
  readonly refusal: number;
}

/** Returns one line per value, for a configuration that repeats its keyword. */
export const each = (values: readonly string[], line: (value: string) => string) => values.map(line).join("");

export const managed = "Managed by ecs-anywhere-hybrid: changes are lost.";
export const purpose =
  "Names of AWS's services in the VPC: from its inbound resolver, and from nowhere else.";
