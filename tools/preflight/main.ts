/** `npm run preflight -- STACK [--again]` */
import { parseArgs } from "node:util";
import { InvalidInput } from "../../config/errors.ts";
import { sayAgain, showPreflight } from "./show.ts";

const usage = `npm run preflight -- STACK [--again]

Prints how every node reached AWS's private endpoints when it last looked: a line for each name. Exit status 1: some
name was not as it should be.

  --again   says how to have the nodes look again`;

try {
  const { values, positionals } = parseArgs({
    options: { again: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const [stack, ...rest] = positionals;
  if (values.help || stack === undefined || rest.length > 0) {
    console.log(usage);
    process.exitCode = values.help ? 0 : 2;
  } else {
    const options = { folder: process.cwd(), stack, say: (text: string) => console.log(text) };
    if (values.again) await sayAgain(options);
    else process.exitCode = (await showPreflight(options)) ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof InvalidInput) && !(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
