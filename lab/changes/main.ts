/** `npm run changes [-- FIELD…]` */
import { randomInt } from "node:crypto";
import type { Row } from "../../config/changes/row.ts";
import { InvalidInput } from "../../config/errors.ts";
import { problemIf } from "../../limits/problem.ts";
import { onWords } from "../../tools/command-line.ts";

const usage = `npm run changes [-- FIELD…] [--seed N]

Carries out every row of config/changes.ts, or these, there and back, on the real engine and the simulated AWS, whose changes take a
random time each. It sends no request to AWS.

  --seed N  the same times as in the run that printed N`;

await onWords(usage, { seed: { type: "string" } }, async (fields, values) => {
  const { changes } = await import("../../config/changes.ts");
  const known: Readonly<Record<string, Row>> = changes;
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
  const problems = [
    ...fields.flatMap((field) =>
      problemIf(known[field] === undefined, {
        field: "FIELD",
        value: field,
        rule: "must be a field of docs/reference.md, such as hosts.NAME.address",
        remedy: "correct it",
      }),
    ),
    ...problemIf(!Number.isInteger(seed), {
      field: "--seed",
      value: String(values.seed),
      rule: "must be a whole number",
      remedy: "choose one, or run it without --seed",
    }),
  ];
  if (problems.length > 0) throw new InvalidInput(problems);

  const { findEngine } = await import("../engine/engine.ts");
  const { paths } = await import("../world/paths.ts");
  const engine = await findEngine(paths.engine);
  if (engine === undefined) {
    throw new InvalidInput([
      {
        field: "engine",
        value: "(missing)",
        rule: "must be in .lab/engine",
        remedy: "run `npm run lab` once, which obtains it",
      },
    ]);
  }
  const { proveChanges } = await import("./prove.ts");
  console.log(`changes: seed ${seed}`);
  const failed = await proveChanges(engine, seed, fields, (line) => console.log(line));
  for (const problem of failed) console.error(problem);
  console.log(
    failed.length === 0
      ? `changes: all as the table says (seed ${seed})`
      : `changes: ${failed.length} problems; run \`npm run changes -- --seed ${seed}\` again`,
  );
  return failed.length === 0;
});
