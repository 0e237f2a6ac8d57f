/** What an unchanged step costs a host of the running lab, and how many connections an `up` opens. */
import { strict as assert } from "node:assert";
import type { HostStep } from "../engine/steps.ts";
import { labHosts } from "../hosts.ts";
import { carryOut } from "../operations.ts";
import { inHost, sshdConnections } from "../world/host.ts";
import { median, type Section } from "./section.ts";

const RUNS = 5;

/** Milliseconds of the step's program on the host, from its `sh` to its end; and what it changed. */
async function converge(step: HostStep): Promise<{ milliseconds: number; changed: readonly string[] }> {
  const timed = `s=$(date +%s%N); r=$(sh -s -- converge 2>/dev/null); e=$(date +%s%N); echo "$((e - s)) $r"`;
  const output = await inHost(step.host, ["sh", "-c", timed], step.program);
  const [nanoseconds = "", ...result] = output.trim().split(" ");
  const { changed } = JSON.parse(result.join(" ")) as { changed: string[] };
  return { milliseconds: Number(nanoseconds) / 1e6, changed };
}

const connections = () => labHosts().reduce((sum, { name }) => sum + sshdConnections(name), 0);

export async function hosts(): Promise<Section> {
  const { outputs } = await carryOut({ operation: "steps", stack: "lab" });
  // To verify a preflight is to measure again: it takes as long as AWS takes to answer, not as long as a host takes.
  const steps = (outputs.steps as readonly HostStep[]).filter(({ name }) => name !== "preflight");
  assert(steps.length > 0, "the stack `lab` has no steps; run `npm run lab` first");
  const rows: string[][] = [];
  for (const step of steps) {
    const times: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const { milliseconds, changed } = await converge(step);
      assert.deepEqual(changed, [], `${step.host} ${step.name} is not unchanged`);
      times.push(milliseconds);
    }
    rows.push([step.host, step.name, median(times).toFixed(0), Math.max(...times).toFixed(0)]);
  }
  const before = connections();
  const { changes } = await carryOut({ operation: "up", stack: "lab" });
  const opened = connections() - before;
  const counted = Object.entries(changes).map(([what, count]) => `${count} ${what}`);
  return {
    name: "hosts",
    title: "Unchanged steps on the hosts",
    text: `The converge program of each step, run again on its host: milliseconds of the host, ${RUNS} runs. To reach: 50 ms.
\`preflight\` is not among them: whenever it runs, it measures the way to AWS.
An unchanged \`up\` (${counted.join(", ")}) opened ${opened} SSH connections; to reach: 0.`,
    header: ["host", "step", "median ms", "longest ms"],
    rows,
  };
}
