/** The environment of the tests: the variables that they ask for, and no others of the person who runs them. */
import { join } from "node:path";
import { project } from "../../lab/world/paths.ts";

export const bin = join(project, "node_modules/.bin");

/** Where a distribution's packages put their commands; those that a person installed elsewhere are not used. */
export const packagedCommands = "/usr/sbin:/usr/bin:/sbin:/bin";

/** How much the tests try (tests/pi/converge-property, converge-kill). */
const asked = ["PROPERTY_RUNS", "KILL_POINTS"];

/**
 * Returns a new environment: an empty home, no agent, account, proxy or setting of a person; UTC, and no language.
 * @param scratch the tests' own folder
 * @param path where commands are looked up besides this project's own
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
    // Every Node that starts from here, also in a test, shares one cache of compiled code.
    NODE_COMPILE_CACHE: join(project, "node_modules/.cache/compiled"),
    // The lab's agents run from their own folder.
    PYTHONDONTWRITEBYTECODE: "1",
  };
}
