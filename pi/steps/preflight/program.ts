/** The program that measures: the host's own data, and the parts of it that are the same everywhere. */
import { hostProgram } from "../../script.ts";
import { forwarderRemedy, localUnit, type PreflightArgs } from "./args.ts";

/** Where it is on the host, so that a person can run it there: `sudo PATH`. */
export const path = "/usr/local/lib/ecs-anywhere-hybrid/preflight";

/**
 * POSIX sh; needs root, curl and iproute2. Prints the table and, for each cause that it found, a line with the names
 * concerned, what was seen, the rule and the remedy. With `--rows` stdout has the rows as `rows.ts` reads them and the
 * first cause, and the table goes to stderr. Exit status 0: all is well, 1: something is wrong, 2: it could not measure.
 */
export const programText = (args: PreflightArgs): string =>
  hostProgram(
    {
      REGION: args.region,
      VPC: args.vpcCidrs.join(", "),
      GATEWAY: args.gateway ?? "",
      RESOLVERS: args.resolvers.join(" "),
      DNS_UNIT: localUnit(args),
      DNS_REMEDY: forwarderRemedy(args),
      NAMES: args.names.map(({ name, service, addresses }) =>
        [name, service, ...(addresses ?? ["none"])].join(" "),
      ),
    },
    "shared/private-address.sh",
    ...["measure", "evidence", "causes", "table"].map((part) => `preflight/${part}.sh`),
  );
