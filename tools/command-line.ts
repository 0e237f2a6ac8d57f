/** The common part of the tools' command lines: words, options, `--help`. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { InvalidInput } from "../config/errors.ts";

type Values = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Runs a command. Exit status 0: all is well; 1: it found a problem; 2: the command line or the stack file is wrong.
 *
 * @param usage what `--help` prints
 * @param options other than `--help`
 * @param run gets the words and the options that were given; returns false for exit status 1, and "usage" where the words are not
 * as the usage says
 */
export async function onWords(
  usage: string,
  options: ParseArgsOptionsConfig,
  run: (words: readonly string[], values: Values) => Promise<boolean | "usage">,
): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      options: { ...options, help: { type: "boolean" } },
      allowPositionals: true,
    });
    if (values.help) {
      console.log(usage);
      return;
    }
    const result = await run(positionals, values as Values);
    if (result === "usage") console.error(usage);
    process.exitCode = result === "usage" ? 2 : result ? 0 : 1;
  } catch (error) {
    if (!(error instanceof InvalidInput) && !isUnknownOption(error)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

/**
 * Runs a tool on the stack that the command line names, as {@link onWords} does.
 *
 * @param flags options other than `--help`, without their dashes
 * @param run gets the stack's name and the given options; returns false for exit status 1
 */
export async function onStack<Flag extends string>(
  usage: string,
  flags: readonly Flag[],
  run: (stack: string, given: ReadonlySet<Flag>) => Promise<boolean>,
): Promise<void> {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: "boolean" } as const]));
  await onWords(usage, options, async ([stack, ...rest], values) =>
    stack === undefined || rest.length > 0
      ? "usage"
      : run(stack, new Set(flags.filter((flag) => values[flag]))),
  );
}

const isUnknownOption = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
