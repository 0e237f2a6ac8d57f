/**
 * `npm run changes [-- FIELD…]`: carries out every row of config/changes.ts, or these, there and back, on the real engine and
 * the simulated AWS, whose changes take a random time each. `--seed N`: the same times again.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import type { Row } from "../../config/changes/row.ts";
import { changes } from "../../config/changes.ts";
import { findEngine } from "../engine/engine.ts";
import { paths } from "../world/paths.ts";
import { proveChanges } from "./prove.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" } } });
const known: Readonly<Record<string, Row>> = changes;
const unknown = positionals.find((field) => known[field] === undefined);
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
if (unknown !== undefined || !Number.isInteger(seed)) {
  console.error(
    unknown === undefined
      ? `changes: --seed: ${values.seed}: must be a whole number; choose one, or run it without --seed`
      : `changes: ${unknown}: must be a field of docs/reference.md, such as hosts.NAME.address; correct it`,
  );
  process.exit(2);
}
const engine = await findEngine(paths.engine);
if (engine === undefined) {
  console.error("changes: engine: (missing): must be there; run `npm run lab` once, which obtains it");
  process.exit(2);
}
console.log(`changes: seed ${seed}`);
const failed = await proveChanges(engine, seed, positionals, (line) => console.log(line));
for (const problem of failed) console.error(problem);
console.log(
  failed.length === 0
    ? `changes: all as the table says (seed ${seed})`
    : `changes: ${failed.length} problems; run \`npm run changes -- --seed ${seed}\` again`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
