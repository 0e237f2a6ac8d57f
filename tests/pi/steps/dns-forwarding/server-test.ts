/** What the tests know of each DNS server besides its record: one file per server in `servers/`, found by name. */
import { type DnsServerName, dnsServerNames } from "../../../../limits/dns-servers.ts";
import type { DnsForwardingArgs } from "../../../../pi/steps/dns-forwarding.ts";
import type { ScratchRoot } from "../../../support/scratch-root.ts";

export const args: DnsForwardingArgs = {
  server: "dnsmasq",
  domains: ["us-east-1.amazonaws.com", "us-east-1.api.aws"],
  resolvers: ["10.0.1.10", "10.0.2.10"],
  role: "node",
};

export interface ServerTest {
  /** What a person pastes for `args`. */
  readonly snippet: string;
  /** Puts on a host what its package brings: its configuration and, as stand-ins, its commands. */
  readonly install: (host: ScratchRoot) => void;
  /** Its command that refuses bad syntax; undefined when it has none. */
  readonly checker?: string;
  /** Where other names go on a node that had no name server before; undefined when they go to the host's network. */
  readonly otherNames?: { readonly path: string; readonly line: RegExp };
  readonly world: {
    /** Its daemon's program in the root file system of the servers. */
    readonly program: string;
    /** Runs the daemon in the foreground: words of a shell. */
    readonly start: string;
    /** Waits until the daemon takes orders. Default: at once. */
    readonly wait?: string;
    /** What `systemctl reload-or-restart` does. Default: stop; start. */
    readonly reload?: string;
    /** What its package and the machine's boot prepare: a script. */
    readonly prepare?: string;
    /** A person's configuration of the site's server, with every option that refuses private or unsigned answers, by path. */
    readonly site: Readonly<Record<string, string>>;
  };
}

/** By name. */
export const serverTests = Object.fromEntries(
  await Promise.all(
    dnsServerNames.map(async (name) => {
      const { server } = (await import(`./servers/${name}.ts`)) as { server: ServerTest };
      return [name, server] as const;
    }),
  ),
) as Readonly<Record<DnsServerName, ServerTest>>;
