import { type Failure, runSteps, whereToLook } from "../progress.ts";
import { changeSettings } from "../settings.ts";
import type { SiteInternet } from "../world/site-internet.ts";
import { automationLogin } from "./automation-login.ts";
import { awsCli } from "./aws-cli.ts";
import { type Check, labNodes } from "./check.ts";
import { commands } from "./commands.ts";
import { destroyed } from "./destroy.ts";
import { dnsServers } from "./dns-servers.ts";
import { drift } from "./drift.ts";
import { nodeLost, tunnelLost } from "./failover.ts";
import { interrupted, putBack } from "./interrupted.ts";
import { afterReboot, redisPinned } from "./nodes.ts";
import { page } from "./page.ts";
import { powerCut } from "./power-cut.ts";
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

/** One check, or several that do not disturb each other and run side by side. */
type Round = Check | readonly Check[];

/** Checks of every lab that leave it as it was. */
const everywhere: readonly Round[] = [
  tunnelsUp,
  bothWays,
  redisPinned,
  [page, otherServices, awsCli, secretsKept],
  drift,
  // What needs neither both tunnels nor every node, beside what waits for them.
  [tunnelLost, unchanged],
  [nodeLost, previewed],
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
const named: readonly Check[] = [
  commands,
  tunnelFaults,
  rekey,
  rotation,
  automationLogin,
  powerCut,
  interrupted,
  putBack,
  reinstalled,
  destroyed,
];

export const allChecks: readonly Check[] = [...everywhere, ...withoutInternet, ...named].flat();

/** Why a check is not run in this lab. */
const leftOut = ({ nodes = 1 }: Check) =>
  nodes > labNodes().length
    ? `left out: it takes ${nodes} nodes (npm run lab -- --nodes ${nodes})`
    : undefined;

/**
 * Runs checks in their order, a line each, then says what failed and how to go on; returns how many failed.
 * @param again the command that runs checks of these names again
 */
export async function runChecks(
  rounds: readonly Round[],
  again: (names: readonly string[]) => string = (names) => `npm run lab -- check ${names.join(" ")}`,
): Promise<number> {
  const checks = rounds.flat();
  const titleOf = ({ title, name }: Check) => `${title} [${name}]`;
  const failures: Failure[] = [];
  for (const round of rounds) {
    const steps = [round]
      .flat()
      .map((check) => ({ title: titleOf(check), run: check.run, leftOut: leftOut(check) }));
    failures.push(...(await runSteps(steps, { concurrent: true })));
  }
  for (const { title, error } of failures) {
    console.error(`\n✘ ${title}\n${error.message}`);
  }
  const skipped = checks.filter((check) => leftOut(check) !== undefined).length;
  const passed = checks.length - failures.length - skipped;
  console.log(
    `\nchecks: ${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} left out` : ""}`,
  );
  if (failures.length > 0) {
    const failed = checks.filter((check) => failures.some(({ title }) => title === titleOf(check)));
    console.log(
      `${whereToLook}; what to look at: docs/lab.md, "When something fails". Again: ${again(failed.map(({ name }) => name))}`,
    );
  }
  return failures.length;
}

/** The same of the running lab, whose next `up` looks at every host again should this be killed. */
export async function checkLab(rounds: readonly Round[]): Promise<number> {
  changeSettings({ checking: true });
  const failed = await runChecks(rounds);
  changeSettings({ checking: false });
  return failed;
}
