import { join } from "node:path";
import test from "ava";
import { stackRun } from "../lab/bench/home.ts";
import { measureProgram } from "../lab/bench/program.ts";

/** Prints the files that were loaded. */
const tell = `data:text/javascript,
import { createRequire } from "node:module";
process.on("exit", () => console.log(JSON.stringify(Object.keys(createRequire("file:///").cache))));`;

test("the program of stack home runs as the language host runs it, without what startup.js keeps out", async (t) => {
  const run = await stackRun(join(import.meta.dirname, ".."), "home");
  const nodeArgs = run.nodeArgs ?? [];
  t.true(nodeArgs.includes("--import=./startup.js"));
  const { resources, output } = await measureProgram({ ...run, nodeArgs: [...nodeArgs, `--import=${tell}`] });
  t.true(resources > 80);
  const files = JSON.parse(output) as string[];
  t.true(files.some((path) => path.includes("@pulumi/pulumi/runtime/")));
  const unused = /node_modules\/(typescript|@npmcli\/arborist|source-map|@opentelemetry\/sdk-trace-node)\//;
  t.deepEqual(
    files.filter((path) => unused.test(path)),
    [],
  );
});
