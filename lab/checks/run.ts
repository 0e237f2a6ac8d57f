import { labNodes } from "../hosts.ts";
import { type Failure, runSteps, whereToLook } from "../progress.ts";
import { changeSettings } from "../settings.ts";
import type { Check } from "./check.ts";

/** One check, or several that do not disturb each other and run side by side. */
export type Round = Check | readonly Check[];

/** Returns why a check is not run in this lab. */
const skipReason = ({ nodes = 1 }: Check) =>
  nodes > labNodes().length ? `it takes ${nodes} nodes (npm run lab -- --nodes ${nodes})` : undefined;

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
      .map((check) => ({ title: titleOf(check), run: check.run, skip: skipReason(check) }));
    failures.push(...(await runSteps(steps, { concurrent: true })));
  }
  for (const { title, error } of failures) {
    console.error(`\n✘ ${title}\n${error.message}`);
  }
  const skipped = checks.filter((check) => skipReason(check) !== undefined).length;
  const passed = checks.length - failures.length - skipped;
  console.log(
    `\nchecks: ${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
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
