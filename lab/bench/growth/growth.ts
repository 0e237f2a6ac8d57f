/** What a further node costs: the program, the state, and the engine, on the stack `home` with more and more nodes. */
import { join } from "node:path";
import { stackRun } from "../home.ts";
import { type Measured, measureProgram, type ProgramRun } from "../program.ts";
import { median, type Section } from "../section.ts";
import { type EngineRun, measureUp } from "./engine.ts";
import { homeWith } from "./stack.ts";

const sizes = [3, 10, 30, 100, 250] as const;

interface Row {
  readonly nodes: number;
  readonly program: Measured;
  readonly bare: Measured;
  readonly stateBytes: number;
  /** Undefined where that takes too long. */
  readonly engine: { readonly up: EngineRun; readonly empty: EngineRun } | undefined;
}

/** The engine's writes take the square of this in time: a minute with 30 nodes, an hour with 250. */
const mostNodesOfEngine = 30;

/** Each run of the program is followed by one of the bare program, so that both see the same machine. */
async function measurePrograms(base: ProgramRun, bare: string, runs: number) {
  const all: { readonly program: Measured; readonly bare: Measured }[] = [];
  for (let i = 0; i < runs; i++) {
    const program = await measureProgram(base);
    // The stack itself is a resource of both.
    const env = { EMPTY_RESOURCES: String(program.resources - 1) };
    all.push({ program, bare: await measureProgram({ ...base, program: bare, nodeArgs: [], env }) });
  }
  return { program: middle(all.map(({ program }) => program)), bare: middle(all.map(({ bare }) => bare)) };
}

const middle = (runs: readonly Measured[]): Measured => ({
  resources: runs[0]?.resources ?? 0,
  output: "",
  seconds: median(runs.map(({ seconds }) => seconds)),
  cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
  peakMB: median(runs.map(({ peakMB }) => peakMB)),
});

async function measureRow(project: string, nodes: number): Promise<Row> {
  const base = await stackRun(project, "home");
  const config = { ...base.config };
  for (const [key, value] of Object.entries(await homeWith(project, nodes)))
    config[`${base.project}:${key}`] = JSON.stringify(value);
  const bare = join(import.meta.dirname, "bare.ts");
  const programs = await measurePrograms({ ...base, config }, bare, nodes > 50 ? 3 : 5);
  const up = await measureUp({ nodes }, { once: nodes > mostNodesOfEngine });
  const { resources, stateBytes } = up;
  if (nodes > mostNodesOfEngine) return { nodes, ...programs, stateBytes, engine: undefined };
  const empty = await measureUp({ empty: resources, bytes: stateBytes / resources });
  return { nodes, ...programs, stateBytes, engine: { up, empty } };
}

/** By which power of the number of nodes a figure grows from one row to another. */
const exponent = (from: Row, to: Row, figure: (row: Row) => number) =>
  Math.log(figure(to) / figure(from)) / Math.log(to.nodes / from.nodes);

const perNode = ({ nodes, stateBytes }: Row) => stateBytes / 1000 / nodes;
const programRatio = ({ program, bare }: Row) => program.cpuSeconds / bare.cpuSeconds;
const engineRatio = ({ up, empty }: NonNullable<Row["engine"]>) => up.cpuSeconds / empty.cpuSeconds;

const figures = {
  "the program's time": (row: Row) => row.program.cpuSeconds,
  "its memory": (row: Row) => row.program.peakMB,
  "the state": (row: Row) => row.stateBytes,
} as const;

/** What is promised and not kept. */
function missedOf(rows: readonly Row[], growing: readonly (readonly [string, number])[]): readonly string[] {
  const [smaller, largest] = rows.slice(-2);
  if (!smaller || !largest) return [];
  const furtherMB = (largest.program.peakMB - smaller.program.peakMB) / (largest.nodes - smaller.nodes);
  const checks: readonly (readonly [number, number, string])[] = [
    [perNode(largest), 100, "kB of state per node"],
    [furtherMB, 2, "MB of the program per further node"],
    [programRatio(largest), 1.5, "times the bare program"],
    ...rows.flatMap(({ nodes, engine }) =>
      engine ? [[engineRatio(engine), 1.5, `times the engine's own time with ${nodes} nodes`] as const] : [],
    ),
    ...growing.map(([what, power]) => [power, 1.05, `is the power by which ${what} grows`] as const),
  ];
  return checks
    .filter(([measured, most]) => measured > most)
    .map(([measured, most, what]) => `${measured.toFixed(2)} ${what}, for ${most}`);
}

/** @param asked numbers of nodes. Default: 3, 10, 30, 100, 250 */
export async function growth(project: string, asked: readonly number[] = sizes): Promise<Section> {
  const rows: Row[] = [];
  for (const nodes of asked) {
    rows.push(await measureRow(project, nodes));
    console.log(`growth: ${nodes} nodes measured`);
  }
  const [smaller, largest] = rows.slice(-2);
  const growing =
    smaller && largest
      ? Object.entries(figures).map(([what, figure]) => [what, exponent(smaller, largest, figure)] as const)
      : [];
  const powers = growing.map(([what, power]) => `${what} by ${power.toFixed(2)}`).join(", ");
  return {
    name: "growth",
    title: "More and more nodes",
    text: `Stack \`home\` with this many nodes. Processor seconds, since these are little troubled by what else the machine does.
The bare program registers as many empty resources with Pulumi's SDK as it is, without startup.js, in the same run. The engine
runs against providers that answer at once, with a file for the state, and its own time is that for as many empty resources,
each as large in the state; with more than ${mostNodesOfEngine} nodes it writes the state once, for its size. To reach: 100 kB of
state per node, 2 MB of the program per further node, 1.5 times the bare program and the engine's own time.
${smaller && largest ? `From ${smaller.nodes} to ${largest.nodes} nodes the powers of the number of nodes are: ${powers}; to reach: 1.05.` : ""}`,
    header: [
      "nodes",
      "resources",
      "program, s",
      "bare, s",
      "times",
      "program, MB",
      "bare, MB",
      "state, kB per node",
      "engine, s",
      "its own, s",
      "times",
    ],
    rows: rows.map((row) => [
      String(row.nodes),
      String(row.program.resources),
      row.program.cpuSeconds.toFixed(2),
      row.bare.cpuSeconds.toFixed(2),
      programRatio(row).toFixed(2),
      row.program.peakMB.toFixed(0),
      row.bare.peakMB.toFixed(0),
      perNode(row).toFixed(0),
      ...(row.engine
        ? [
            row.engine.up.cpuSeconds.toFixed(1),
            row.engine.empty.cpuSeconds.toFixed(1),
            engineRatio(row.engine).toFixed(2),
          ]
        : ["", "", ""]),
    ]),
    missed: missedOf(rows, growing),
  };
}
