/** Every change of a stack that is up, there and back, with AWS's changes in another order for each seed. */
import { changes as table } from "../../config/changes.ts";
import { stacks } from "../changes/birth.ts";
import { proveChanges } from "../changes/prove.ts";
import { findEngine } from "../engine/engine.ts";
import { paths } from "../world/paths.ts";
import type { Section } from "./section.ts";

/** @param seeds how many. Default: 25 */
export async function changes(seeds = 25): Promise<Section> {
  const engine = await findEngine(paths.engine);
  if (!engine) throw new Error("engine: not there; run `npm run lab`, which obtains it");
  const rows: string[][] = [];
  const missed: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const begun = Date.now();
    const problems = await proveChanges(engine, seed, [], () => undefined);
    const seconds = ((Date.now() - begun) / 1000).toFixed(0);
    rows.push([String(seed), seconds, String(problems.length)]);
    missed.push(...problems.map((problem) => `seed ${seed}: ${problem.split("\n")[0]}`));
    console.log(`changes: seed ${seed}, ${seconds} s, ${problems.length} problems`);
  }
  return {
    name: "changes",
    title: "Every change, there and back",
    text: `The ${Object.keys(table).length} rows of config/changes/ on the real engine and the simulated AWS, which takes 0 to 3 s for each
change, a twentieth of that in the run; then the first \`up\` and the destroy of the stacks ${stacks.join(", ")}. To reach: no problem
with any seed. \`npm run changes -- --seed N\` repeats one.`,
    header: ["seed", "time, s", "problems"],
    rows,
    missed,
  };
}
