/** `npm run hostkeys -- STACK [--yes]` */
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { describe, InvalidInput } from "../../config/errors.ts";
import { pinHostKeys } from "./pin.ts";

const usage = `npm run hostkeys -- STACK [--yes]

Asks every host in Pulumi.STACK.yaml for its public SSH key, shows the fingerprints, and writes the keys that you
confirm into the file. From then on a host with another key is refused.

  --yes   accept new keys without asking; a changed key still needs a person`;

const terminal = createInterface({ input: process.stdin, output: process.stderr });
const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
try {
  const { values, positionals } = parseArgs({
    options: { yes: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const [stack, ...rest] = positionals;
  if (values.help || stack === undefined || rest.length > 0) {
    console.log(usage);
    process.exitCode = values.help ? 0 : 2;
  } else {
    const problems = await pinHostKeys({
      folder: process.cwd(),
      stack,
      yes: values.yes,
      ask: async (question) => (await Promise.race([terminal.question(question), closed])).trim(),
      say: (line) => console.log(line),
    });
    for (const problem of problems) console.error(describe(problem));
    process.exitCode = problems.length === 0 ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof InvalidInput) && !(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
} finally {
  terminal.close();
}
