/** Shows what a stack's nodes measured, or says how to have them measure again. */
import { execFile } from "node:child_process";
import { z } from "zod";
import { InvalidInput } from "../../config/errors.ts";
import { isGood } from "../../pi/steps/preflight.ts";
import { openStackFile, settings } from "../stack-file.ts";
import { tables } from "./table.ts";

export interface ShowOptions {
  /** Where Pulumi.yaml stands. */
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

/**
 * Prints a table for every node.
 *
 * @returns whether there is one, and nothing in any is wrong
 * @throws InvalidInput when there is no such stack, or pulumi does not tell its outputs
 */
export async function showPreflight({ folder, stack, say }: ShowOptions): Promise<boolean> {
  await openStackFile(folder, stack);
  const { preflight } = await outputs(folder, stack);
  const found = output.safeParse(preflight);
  if (!found.success || Object.keys(found.data).length === 0) {
    throw problem(
      "preflight",
      "(missing)",
      `stack ${stack} has no measurement`,
      "it needs privateEndpoints, resolver.inbound and site.dns; then run pulumi up",
    );
  }
  say(tables(found.data));
  const wrong = Object.entries(found.data).flatMap(([node, { rows }]) =>
    rows.filter((row) => !isGood(row)).map(({ name, result }) => `${node}: ${name}: ${result}`),
  );
  if (wrong.length > 0) say(`\nNot as it should be:\n${wrong.join("\n")}`);
  return wrong.length === 0;
}

/** Says how to have every node measure again. */
export async function sayAgain({ folder, stack, say }: ShowOptions): Promise<void> {
  const file = await openStackFile(folder, stack);
  const { site } = settings(file) as { site?: { preflight?: number } };
  say(`pulumi config set --stack ${stack} --path ${file.project}:site.preflight ${(site?.preflight ?? 0) + 1}
pulumi up --stack ${stack}

Or at once, on one node: sudo /usr/local/lib/ecs-anywhere-hybrid/preflight`);
}

function outputs(folder: string, stack: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      ["stack", "output", "--json", "--stack", stack],
      { cwd: folder, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (!error) resolve(JSON.parse(stdout) as Record<string, unknown>);
        else if (error.code === "ENOENT")
          reject(problem("pulumi", "not found", "must be on PATH", "install the Pulumi CLI"));
        else
          reject(
            problem(
              `pulumi stack output --stack ${stack}`,
              stderr.trim() || error.message,
              "must tell the stack's outputs",
              "log in to the stack's backend, or run pulumi up",
            ),
          );
      },
    );
  });
}

const problem = (field: string, value: string, rule: string, remedy: string) =>
  new InvalidInput([{ field, value, rule, remedy }]);
