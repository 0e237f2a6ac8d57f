/**
 * `npm test`: type check, lint and format check, and the tests, in parallel; succeeds only if all do. Arguments go to
 * ava: `npm test -- tests/config/load.test.ts`.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { project } from "../lab/world/paths.ts";
import { bin } from "./support/environment.ts";
import { ava, conclude, finished, inMemory, type Result } from "./support/run.ts";

/** Runs a part that is silent unless it fails; its output is printed after that of the tests. */
function part(name: string, [command = "", ...args]: readonly string[]) {
  const child = spawn(join(bin, command), args, { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  return { result: finished(name, child), said };
}

const parts = [
  part("types", ["tsc", "--pretty"]),
  part("lint and format", ["biome", "check", "--error-on-warnings", "--colors=off"]),
];
const results: Result[] = [await ava(process.argv.slice(2), inMemory())];
for (const { result, said } of parts) {
  const ended = await result;
  if (!ended.passed) console.log(`\n${ended.name}:\n${(await said).join("")}`);
  results.push(ended);
}
conclude(results);
