/** `npm run hostkeys -- STACK [--yes]` */
import { createInterface } from "node:readline/promises";
import { describe } from "../../limits/problem.ts";
import { onStack } from "../command-line.ts";

const usage = `npm run hostkeys -- STACK [--yes]

Asks every host in Pulumi.STACK.yaml for its public SSH key, shows the fingerprints, and writes the keys that you
confirm into the file. From then on, a host with another key is refused.

  --yes   accept new keys without asking; a person must still confirm a changed key`;

const terminal = createInterface({ input: process.stdin, output: process.stderr });
const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
try {
  await onStack(usage, ["yes"], async (stack, given) => {
    const { pinHostKeys } = await import("./pin.ts");
    const problems = await pinHostKeys({
      folder: process.cwd(),
      stack,
      yes: given.has("yes"),
      ask: async (question) => (await Promise.race([terminal.question(question), closed])).trim(),
      say: (line) => console.log(line),
    });
    for (const problem of problems) console.error(describe(problem));
    return problems.length === 0;
  });
} finally {
  terminal.close();
}
