import { carryOut, type Failure } from "../progress.ts";
import type { SiteInternet } from "../world/site-internet.ts";
import { awsCli } from "./aws-cli.ts";
import type { Check } from "./check.ts";
import { destroyed } from "./destroy.ts";
import { dnsServers } from "./dns-servers.ts";
import { drift } from "./drift.ts";
import { nodeLost, tunnelLost } from "./failover.ts";
import { interrupted, putBack } from "./interrupted.ts";
import { afterReboot, redisPinned } from "./nodes.ts";
import { page } from "./page.ts";
import { preflightCauses, preflights } from "./preflight.ts";
import { previewed } from "./preview.ts";
import { privateWay } from "./private.ts";
import { resolverLost, zoneLost } from "./private-faults.ts";
import { reconnected } from "./reconnect.ts";
import { reinstalled } from "./reinstalled.ts";
import { secretsKept } from "./secrets.ts";
import { otherServices } from "./services.ts";
import { siteNames } from "./site-names.ts";
import { rekey, rotation, tunnelFaults } from "./tunnel-faults.ts";
import { bothWays, tunnelsUp } from "./tunnels.ts";
import { unchanged } from "./unchanged.ts";

/** One check, or several that do not disturb each other and run side by side; at most one of them asks the engine. */
type Round = Check | readonly Check[];

/** Checks of every lab that leave it as it was. */
const everywhere: readonly Round[] = [
  tunnelsUp,
  bothWays,
  redisPinned,
  [page, otherServices, awsCli],
  secretsKept,
  unchanged,
  previewed,
  drift,
  tunnelLost,
  tunnelFaults,
  rekey,
  nodeLost,
  afterReboot,
];

/** Those that make sense where the hosts are cut off from the internet only. */
const withoutInternet: readonly Check[] = [
  privateWay,
  siteNames,
  preflights,
  preflightCauses,
  resolverLost,
  zoneLost,
  dnsServers,
  reconnected,
];

/** What `npm run lab` checks: everything that leaves the lab as it was. */
export const standardChecks = (internet: SiteInternet): readonly Round[] =>
  internet === "never" ? [...everywhere, ...withoutInternet] : everywhere;

/** By name only: they take their time, and the last one ends the stack. */
const named: readonly Check[] = [rotation, interrupted, putBack, reinstalled, destroyed];

export const allChecks: readonly Check[] = [...everywhere, ...withoutInternet, ...named].flat();

/** Runs checks in their order, a line each; returns how many failed. */
export async function runChecks(rounds: readonly Round[]): Promise<number> {
  const failures: Failure[] = [];
  for (const round of rounds) {
    const steps = [round].flat().map(({ name, title, run }) => ({ title: `${title} [${name}]`, run }));
    failures.push(...(await carryOut(steps, { concurrent: true })));
  }
  for (const { title, error } of failures) {
    console.error(`\n✘ ${title}\n${error.message}`);
  }
  console.log(`\nchecks: ${rounds.flat().length - failures.length} passed, ${failures.length} failed`);
  return failures.length;
}
