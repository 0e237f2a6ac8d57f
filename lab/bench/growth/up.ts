/**
 * One `up` in a process of its own, which loads as little of Pulumi's SDK as the program does (startup.js):
 *
 * ```
 * node --import=./startup.js lab/bench/growth/up.ts '{"nodes": 3}'
 * ```
 *
 * Prints an EngineRun as the last line.
 */
import { unused } from "../../../startup.js";
import { project } from "../../world/paths.ts";
import type { UpAsked } from "./engine.ts";

// The Automation API needs these.
for (const name of ["execa", "@logdna/tail-file"]) unused.delete(name);
const { emptyResources, upOnce } = await import("./engine.ts");
const { homeWith } = await import("./stack.ts");

const asked: UpAsked = JSON.parse(process.argv[2] ?? "");
const run =
  "nodes" in asked
    ? await upOnce(await homeWith(project, asked.nodes))
    : await upOnce(await homeWith(project, 1), emptyResources(asked.empty, asked.bytes));
console.log(JSON.stringify(run));
