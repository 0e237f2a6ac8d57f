/** The program that measures: the host's own data, and the parts of it that are the same everywhere. */
import { readFileSync } from "node:fs";
import { quote } from "../../converge.ts";
import { isPrivate } from "../private-address.ts";
import { forwarderRemedy, localUnit, type PreflightArgs } from "./args.ts";

/** Where it stands on the host, so that a person can run it there: `sudo PATH`. */
export const path = "/usr/local/lib/ecs-anywhere-hybrid/preflight";

const parts = ["measure", "evidence", "causes", "table"].map((name) =>
  readFileSync(new URL(`${name}.sh`, import.meta.url), "utf8"),
);

/**
 * POSIX sh; needs root, curl and iproute2. Prints the table and, for each cause that it found, a line with the names
 * concerned, what was seen, the rule and the remedy. With `--rows` stdout has the rows as `rows.ts` reads them and the
 * first cause, and the table goes to stderr. Exit status 0: all is well, 1: something is wrong, 2: it could not look.
 */
export function programText(args: PreflightArgs): string {
  const rows = args.names.map(({ name, service, addresses }) =>
    [name, service, ...(addresses ?? ["none"])].join(" "),
  );
  return `#!/bin/sh
# Measures the way from this host to AWS's private endpoints. From ecs-anywhere-hybrid: edits are put back.
set -u
region=${quote(args.region)}
vpc=${quote(args.vpcCidr)}
gateway=${quote(args.gateway ?? "")}
resolvers=${quote(args.resolvers.join(" "))}
dns_unit=${quote(localUnit(args))}
dns_remedy=${quote(forwarderRemedy(args))}
# A name, its endpoint's service, and that endpoint's addresses; none where the VPC is to have no such endpoint.
names=${quote(rows.join("\n"))}
${isPrivate}
${parts.join("\n")}`;
}
