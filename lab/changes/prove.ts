/** All rows of config/changes.ts under one seed, and the first `up` and destroy of the project's stacks. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Refused, Row } from "../../config/changes/row.ts";
import { changes } from "../../config/changes.ts";
import type { Aws } from "../aws/aws.ts";
import { randomPace } from "../aws/front/pace.ts";
import type { Engine } from "../engine/engine.ts";
import { type InstantStack, instantStack } from "../instant/world.ts";
import { project } from "../world/paths.ts";
import { createBelongings } from "./belongings.ts";
import { bearAndDestroy, stacks as projectStacks } from "./birth.ts";
import { createExistingClusters } from "./existing-cluster.ts";
import { groupsOf } from "./groups.ts";
import { play, scenes } from "./refusals.ts";
import { type Carried, carryOut, type FieldRow, tryRefused } from "./run.ts";
import { settingsOf } from "./settings.ts";

type Report = (line: string) => void;

/** A second of AWS's takes so long. */
const msPerSecond = 50;

/** The engine writes its state once, at the end of an operation: after each resource it takes most of the time. */
const writeOnce = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

const sceneNames = Object.keys(scenes) as (keyof typeof scenes)[];

/** Files that settings of the table name. */
const bundles = ["packages.tar", "other-packages.tar"];

function fieldRows(fields: readonly string[]): readonly FieldRow[] {
  return Object.entries<Row>(changes)
    .map(([field, row], i) => ({ field, row, name: `row-${i}` }))
    .filter(({ field }) => fields.length === 0 || fields.includes(field));
}

const isRefused = (row: FieldRow): row is FieldRow & { readonly row: Refused } =>
  row.row.effect === "refused";

/** The VPC that the rows are in: a stack cannot change it. */
const vpcOf = (rows: readonly FieldRow[]): string =>
  settingsOf(rows, "from").network?.existing?.vpcId ?? "the stack's own";

/** One stack after the other: the next one is a new one when the last one failed, or is in another VPC. */
class Stacks {
  readonly #open: () => Promise<InstantStack>;
  #stack: InstantStack | undefined;
  #vpc = "";

  constructor(open: () => Promise<InstantStack>) {
    this.#open = open;
  }

  async carryOut(rows: readonly FieldRow[]): Promise<Carried> {
    const vpc = vpcOf(rows);
    if (vpc !== this.#vpc) await this.close();
    this.#vpc = vpc;
    this.#stack ??= await this.#open();
    const [only] = rows;
    try {
      return only && isRefused(only)
        ? await tryRefused(this.#stack, only)
        : await carryOut(this.#stack, rows);
    } catch (error) {
      await this.close();
      const text = error instanceof Error ? error.message : String(error);
      return {
        problems: [{ field: rows.length === 1 ? only?.field : undefined, text }],
        there: [],
        back: [],
      };
    }
  }

  async close(): Promise<void> {
    // The folder of the last stack's files goes with it.
    process.chdir(project);
    await this.#stack?.close();
    this.#stack = undefined;
  }
}

/** Carries out rows together, and in ever smaller groups until each problem has its field. */
async function named(stacks: Stacks, rows: readonly FieldRow[], report: Report): Promise<readonly string[]> {
  const begun = Date.now();
  const { problems, there, back } = await stacks.carryOut(rows);
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  const what = rows.length === 1 ? rows[0]?.field : `${rows.length} rows`;
  report(`${what}: ${seconds} s, ${problems.length === 0 ? "as the table says" : "NOT as the table says"}`);
  if (rows.length === 1) {
    const name = rows[0]?.name ?? "";
    for (const step of there) report(`  there: ${step.replaceAll(name, "NAME")}`);
    for (const step of back) report(`  back: ${step.replaceAll(name, "NAME")}`);
  }
  const plain = (text: string) =>
    rows.reduce((named, { name }) => named.replaceAll(new RegExp(`\\b${name}\\b`, "g"), "NAME"), text);
  for (const { field, text } of problems) report(`  ${field ?? "one of them"}: ${plain(text)}`);
  if (rows.length === 1 || problems.every(({ field }) => field !== undefined))
    return problems.map(({ field, text }) => `${field}: ${plain(text)}`);
  const middle = Math.ceil(rows.length / 2);
  const found: string[] = [];
  for (const half of [rows.slice(0, middle), rows.slice(middle)])
    found.push(...(await named(stacks, half, report)));
  const fields = rows.map(({ field }) => field).join(", ");
  return found.length > 0 ? found : problems.map(({ text }) => `only together (${fields}): ${text}`);
}

/**
 * Carries out the rows of these fields, one by one. Without fields: all rows in groups, and the project's own stacks.
 *
 * @returns what did not happen as the table says, each with its field or its stack
 */
export async function proveChanges(
  engine: Engine,
  seed: number,
  fields: readonly string[],
  report: Report,
): Promise<readonly string[]> {
  Object.assign(process.env, writeOnce);
  const pace = randomPace(seed, msPerSecond);
  const prepare = (aws: Aws) => {
    createBelongings(aws);
    createExistingClusters(aws);
  };
  const stacks = new Stacks(async () => {
    const stack = await instantStack({ engine, name: "changes", pace, prepare });
    const work = join(stack.folder, "bundles");
    await mkdir(work);
    for (const file of bundles) await writeFile(join(work, file), file);
    process.chdir(work);
    return stack;
  });
  const rows = fieldRows(fields);
  const groups =
    fields.length > 0
      ? rows.map((row) => [row])
      : [
          ...groupsOf(rows.filter((row) => !isRefused(row))),
          ...rows.filter(isRefused).map((row) => [row] as const),
        ].toSorted((a, b) => vpcOf(a).localeCompare(vpcOf(b)));
  const failed: string[] = [];
  try {
    for (const group of groups) failed.push(...(await named(stacks, group, report)));
  } finally {
    await stacks.close();
  }
  for (const name of fields.length === 0 ? projectStacks : []) {
    const problems = await bearAndDestroy(engine, name, pace);
    report(`stack ${name}: ${problems.length === 0 ? "up and destroyed" : "NOT as it must be"}`);
    failed.push(...problems.map((problem) => `stack ${name}: ${problem}`));
  }
  for (const name of fields.length === 0 ? sceneNames : []) {
    const problems = await play(engine, name, pace);
    report(`${name}: ${problems.length === 0 ? "refused, with a way out" : "NOT as it must be"}`);
    failed.push(...problems.map((problem) => `${name}: ${problem}`));
  }
  return failed;
}
