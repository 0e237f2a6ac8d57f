/** Carries out rows of config/changes.ts on the real engine: there, nothing left to do, and back. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Change, Refused } from "../../config/changes/row.ts";
import type { InstantStack } from "../instant/world.ts";
import { accountOf, differences } from "./account.ts";
import { type NamedRow, settingsOf } from "./settings.ts";
import { isMeant, opposite, stepsOf } from "./steps.ts";

/** A row with the path of its field. */
export interface FieldRow extends NamedRow {
  readonly field: string;
}

/** Something that did not happen as the rows say. */
export interface Failing {
  /** The field whose row it is; absent where that is not known. */
  readonly field?: string | undefined;
  readonly text: string;
}

export interface Carried {
  readonly problems: readonly Failing[];
  readonly there: readonly string[];
  readonly back: readonly string[];
}

/** Sets the stack's settings, and brings it there. */
async function up(stack: InstantStack, rows: readonly NamedRow[], when: "from" | "to") {
  await stack.setConfig(settingsOf(rows, when));
  const events: EngineEvent[] = [];
  await stack.up({ onEvent: (event) => events.push(event) });
  return stepsOf(events);
}

const claimsOf = (change: Change, way: "there" | "back") =>
  way === "there" ? change.steps : (change.back ?? opposite(change.steps));

/** Returns what was claimed and not done, and what was done and not claimed. */
function compare(
  rows: readonly FieldRow[],
  way: "there" | "back",
  steps: readonly string[],
): readonly Failing[] {
  const claims = rows.flatMap(({ field, row, name }) =>
    row.effect === "refused"
      ? []
      : claimsOf(row, way).map((claim) => ({ field, claim: claim.replaceAll("NAME", name) })),
  );
  const missing = claims.filter(({ claim }) => !steps.some((step) => isMeant(claim, step)));
  const unclaimed = steps.filter((step) => !claims.some(({ claim }) => isMeant(claim, step)));
  const ownerOf = (step: string) => rows.find(({ name }) => new RegExp(`\\b${name}\\b`).test(step))?.field;
  return [
    ...missing.map(({ field, claim }) => ({ field, text: `${way}: "${claim}" must happen, and did not` })),
    ...unclaimed.map((step) => ({
      field: rows.length === 1 ? rows[0]?.field : ownerOf(step),
      text: `${way}: "${step}" happened, and no row claims it`,
    })),
  ];
}

/** Carries out rows that do not touch each other. */
export async function carryOut(stack: InstantStack, rows: readonly FieldRow[]): Promise<Carried> {
  await up(stack, rows, "from");
  const before = accountOf(stack.aws);
  const there = await up(stack, rows, "to");
  const { changeSummary } = await stack.preview();
  const left = Object.keys(changeSummary).filter((operation) => operation !== "same");
  const back = await up(stack, rows, "from");
  const problems = [
    ...compare(rows, "there", there),
    ...left.map((operation) => ({
      text: `the next preview: must find nothing to do, and finds ${operation}`,
    })),
    ...compare(rows, "back", back),
    ...differences(before, accountOf(stack.aws)).map((line) => ({ text: `AWS after the way back: ${line}` })),
  ];
  return { problems, there, back };
}

/** Tries a change that is refused, in a preview and in an `up`: both must say so, and touch nothing. */
export async function tryRefused(
  stack: InstantStack,
  row: FieldRow & { readonly row: Refused },
): Promise<Carried> {
  await up(stack, [row], "from");
  const before = accountOf(stack.aws);
  await stack.setConfig(settingsOf([row], "to"));
  const problems: string[] = [];
  for (const operation of ["preview", "up"] as const) {
    const events: EngineEvent[] = [];
    const said = await stack[operation]({ onEvent: (event) => events.push(event) }).then(
      () => "",
      (error: Error) => error.message,
    );
    if (!row.row.message.test(said)) problems.push(`${operation}: must say ${row.row.message}: ${said}`);
    problems.push(...stepsOf(events).map((step) => `${operation}: "${step}" happened before it was refused`));
  }
  const again = await up(stack, [row], "from");
  problems.push(...again.map((step) => `after the refusal: "${step}" happened`));
  problems.push(...differences(before, accountOf(stack.aws)).map((line) => `AWS: ${line}`));
  return { problems: problems.map((text) => ({ field: row.field, text })), there: [], back: again };
}
