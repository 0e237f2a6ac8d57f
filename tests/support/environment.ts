/** The environment of the tests: what they ask for, and nothing else of the person who runs them. */
import { join } from "node:path";
import { project } from "../../lab/world/paths.ts";

export const bin = join(project, "node_modules/.bin");

/** Where a distribution's packages put their commands; what a person installed elsewhere is not looked at. */
export const packagedCommands = "/usr/sbin:/usr/bin:/sbin:/bin";

/** How much the tests try (tests/pi/converge-property, converge-kill). */
const asked = ["PROPERTY_RUNS", "KILL_POINTS"];

/**
 * A new environment: no home but an empty one, no agent, account, proxy or setting of a person's; UTC, and no language.
 * @param scratch the tests' own folder
 * @param path where commands are looked for besides this project's own
 */
export function environment(
  person: Readonly<NodeJS.ProcessEnv>,
  scratch: string,
  path: string,
): Readonly<Record<string, string>> {
  const kept = asked.flatMap((name) => (person[name] === undefined ? [] : [[name, person[name]]]));
  return {
    ...Object.fromEntries(kept),
    HOME: join(scratch, "home"),
    TMPDIR: scratch,
    PATH: `${bin}:${path}`,
    LANG: "C.UTF-8",
    TZ: "UTC",
    // Every Node that is started from here, also by a test, finds compiled what another one compiled.
    NODE_COMPILE_CACHE: join(project, "node_modules/.cache/compiled"),
    // The lab's agents are run from their own folder.
    PYTHONDONTWRITEBYTECODE: "1",
  };
}
