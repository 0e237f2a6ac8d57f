import { join } from "node:path";
import test from "ava";
import { stackRun } from "../lab/bench/home.ts";
import { measureProgram } from "../lab/bench/program.ts";

/** Prints the loaded files, the SDK's stack trace of its last promise, and whether other errors have stack traces. */
const tell = `data:text/javascript,
import { createRequire } from "node:module";
const require = createRequire(process.cwd() + "/");
const debuggable = require("@pulumi/pulumi/runtime/debuggable.js");
const { debuggablePromise } = debuggable;
let traced;
debuggable.debuggablePromise = (promise, context) => {
  const made = debuggablePromise(promise, context);
  traced = promise._debugStackTrace;
  return made;
};
const { Resource } = require("@pulumi/pulumi/resource.js");
process.on("exit", () =>
  console.log(JSON.stringify({ files: Object.keys(require.cache), traced, frames: Resource.stackTrace(0).length, error: new Error().stack })));`;

test("the program of stack home runs as under the language host, without the packages that startup.js keeps out", async (t) => {
  const run = await stackRun(join(import.meta.dirname, ".."), "home");
  const nodeArgs = run.nodeArgs ?? [];
  t.true(nodeArgs.includes("--import=./startup.js"));
  const { resources, output } = await measureProgram({ ...run, nodeArgs: [...nodeArgs, `--import=${tell}`] });
  t.true(resources > 80);
  const said: Record<"files", string[]> & Record<"error", string> & { traced?: string; frames: number } =
    JSON.parse(output);
  const { files, traced, frames, error } = said;
  t.is(traced, undefined, "no stack trace for each promise");
  t.is(frames, 0, "no stack trace for each resource");
  t.regex(error, /\n {4}at /, "all other errors have theirs");
  t.true(files.some((path) => path.includes("@pulumi/pulumi/runtime/")));
  const unused = /node_modules\/(typescript|@npmcli\/arborist|source-map|@opentelemetry\/sdk-trace-node)\//;
  t.deepEqual(
    files.filter((path) => unused.test(path)),
    [],
  );
});

test("a program with a promise that never ends fails, as it does without startup.js", async (t) => {
  const run = await stackRun(join(import.meta.dirname, ".."), "home");
  const program = join(import.meta.dirname, "support/unending.ts");
  const { message } = (await t.throwsAsync(measureProgram({ ...run, program }))) ?? t.fail();
  t.regex(message, /ended with status 1: .* before the following resource/);
  t.regex(message, /"waiting" .* was waiting for its dependencies/);
});
