/** The common part of the tools' command lines: one STACK, options without a value, `--help`. */
import { parseArgs } from "node:util";
import { InvalidInput } from "../config/errors.ts";

/**
 * Runs a tool on the stack that the command line names. Exit status 0: all is well; 1: the tool found a problem; 2: the
 * command line or the stack file is wrong.
 *
 * @param usage what `--help` prints
 * @param flags options other than `--help`, without their dashes
 * @param run gets the stack's name and the given options; returns false for exit status 1
 */
export async function onStack<Flag extends string>(
  usage: string,
  flags: readonly Flag[],
  run: (stack: string, given: ReadonlySet<Flag>) => Promise<boolean>,
): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      options: Object.fromEntries([...flags, "help"].map((flag) => [flag, { type: "boolean" } as const])),
      allowPositionals: true,
    });
    const [stack, ...rest] = positionals;
    if (values.help) {
      console.log(usage);
    } else if (stack === undefined || rest.length > 0) {
      console.error(usage);
      process.exitCode = 2;
    } else {
      const given = new Set(flags.filter((flag) => values[flag]));
      process.exitCode = (await run(stack, given)) ? 0 : 1;
    }
  } catch (error) {
    if (!(error instanceof InvalidInput) && !isUnknownOption(error)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

const isUnknownOption = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
