/** Shows what a stack's nodes measured. */
import { execFile } from "node:child_process";
import { z } from "zod";
import { InvalidInput } from "../../config/errors.ts";
import type { RemedyText, RuleText } from "../../limits/problem.ts";
import { path as program } from "../../pi/steps/preflight/program.ts";
import { isGood } from "../../pi/steps/preflight.ts";
import { openStackFile, settings } from "../stack-file.ts";
import { tables } from "./table.ts";

export interface ShowOptions {
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  readonly stack: string;
  readonly say: (text: string) => void;
}

const count = z.int().nonnegative().exactOptional();
const milliseconds = z.number().exactOptional();

/** The stack's output `preflight`. */
const output = z.record(
  z.string(),
  z.object({
    measuredAt: z.string(),
    rows: z.array(
      z.object({
        name: z.string(),
        service: z.string(),
        result: z.string(),
        addresses: z.array(z.string()),
        tcpMilliseconds: milliseconds,
        tlsMilliseconds: milliseconds,
        maxSegmentBytes: count,
        sentBytes: count,
        receivedBytes: count,
        clockSeconds: z.int().exactOptional(),
      }),
    ),
  }),
);

/** The part of `pulumi stack history` that is needed here; the newest update first. */
const history = z.array(
  z.object({ kind: z.string(), result: z.string(), endTime: z.iso.datetime().optional() }),
);

/**
 * Prints a table for every node, then the problems, and how to measure again. A failed preflight fails its update and has no
 * output: the table is then the last good one, and a line says so.
 *
 * @returns true if the tables have no problem, and no update failed after them
 * @throws InvalidInput when there is no such stack, or pulumi does not print its outputs
 */
export async function showPreflight({ folder, stack, say }: ShowOptions): Promise<boolean> {
  const file = await openStackFile(folder, stack);
  const { preflight } = (await pulumi(folder, "output", "--json", "--stack", stack)) as {
    preflight?: unknown;
  };
  const found = output.safeParse(preflight);
  if (!found.success || Object.keys(found.data).length === 0) {
    throw problem(
      "preflight",
      "(missing)",
      `must be an output of stack ${stack}, with a measurement`,
      "run pulumi up with privateEndpoints, resolver.inbound and site.dns",
    );
  }
  const [newest] = history.parse(
    await pulumi(folder, "history", "--json", "--page-size", "1", "--stack", stack),
  );
  say(tables(found.data));
  const wrong = Object.entries(found.data).flatMap(([node, { rows }]) =>
    rows.filter((row) => !isGood(row)).map(({ name, result }) => `${node}: ${name}: ${result}`),
  );
  if (newest?.kind === "update" && newest.result === "failed") {
    const { endTime = "" } = newest;
    const before = Object.entries(found.data).flatMap(([node, { measuredAt }]) =>
      Date.parse(measuredAt) < Date.parse(endTime) ? [node] : [],
    );
    if (before.length > 0)
      wrong.push(
        `the update that ended ${endTime} failed; what it measured at ${before.join(", ")} is not above`,
      );
  }
  if (wrong.length > 0) say(`\nNot as it should be:\n${wrong.join("\n")}`);
  const { site } = settings(file) as { site?: { preflight?: number } };
  say(`
To have every node look again:
pulumi config set --stack ${stack} --path ${file.project}:site.preflight ${(site?.preflight ?? 0) + 1} && pulumi up --stack ${stack}
Or at once, on one node: sudo ${program}`);
  return wrong.length === 0;
}

/** What `pulumi stack` prints as JSON. */
function pulumi(folder: string, command: string, ...words: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      ["stack", command, ...words],
      { cwd: folder, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (!error) resolve(JSON.parse(stdout));
        else if (error.code === "ENOENT")
          reject(problem("pulumi", "(not found)", "must be on PATH", "install the Pulumi CLI"));
        else
          reject(
            problem(
              `pulumi stack ${command}`,
              stderr.trim() || error.message,
              `must print the stack's ${command}`,
              "log in to the stack's backend, or run pulumi up",
            ),
          );
      },
    );
  });
}

function problem(field: string, value: string, rule: RuleText, remedy: RemedyText): InvalidInput {
  return new InvalidInput([{ field, value, rule, remedy }]);
}
