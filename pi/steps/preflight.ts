import { script } from "../script.ts";
import type { Step } from "../step.ts";
import { checkArgs, type PreflightArgs } from "./preflight/args.ts";
import { path, programText } from "./preflight/program.ts";

export type { EndpointName, Forwarder, PreflightArgs } from "./preflight/args.ts";
export { isGood, type Preflight, type PreflightRow, preflightOf } from "./preflight/rows.ts";

/**
 * Measures the way from this host to the endpoints of AWS in the VPC, before its agents need it: each name resolves to
 * its endpoint's addresses, TCP 443 opens within 2 s on all of them, TLS is valid by the host's trust store, full
 * segments pass both ways, and the clock is less than 60 s off. No ICMP: an endpoint's security group admits 443 only.
 *
 * Facts: `measuredAt`, and one for each name; `preflightOf` reads them.
 *
 * Fails with the one cause to look at, found by looking, and the remedy; the table goes to stderr. `verify` is the
 * measurement itself: it takes as long as AWS takes to answer, and about ten seconds when something hangs.
 */
export function preflight(args: PreflightArgs): Step {
  checkArgs(args);
  return {
    name: "preflight",
    packages: [
      { name: "curl", unless: ["curl"] },
      { name: "iproute2", unless: ["ss"] },
      { name: "ca-certificates", unless: ["/etc/ssl/certs/ca-certificates.crt"] },
    ],
    files: [{ path, mode: "755", content: programText(args) }],
    script: script("preflight.sh"),
    variables: { PROGRAM_PATH: path, AGAIN: args.again },
    // Something that an earlier step has just started, such as a DNS server, may need a moment.
    settleSeconds: 20,
  };
}
