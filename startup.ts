/**
 * Imported before anything else by index.ts: keeps out of the process what this program has no use for, which is more
 * than half of its time and memory (docs/benchmarks.md). Leaving the import away changes nothing else.
 */
import module from "node:module";

/**
 * Pulumi's SDK loads these to turn functions into text, for dynamic providers and callbacks in the cloud; this program
 * has none. `typescript` is the compiler, the others are the part of npm that resolves packages.
 */
const UNUSED = new Set(["typescript", "@npmcli/arborist", "normalize-package-data"]);
const EMPTY = "unused:nothing";

// Stack traces need no source maps, since Node runs the TypeScript with its own line numbers; and the SDK takes a trace
// for each of its promises, so that looking each up in the source maps of its own files costs seconds.
Reflect.deleteProperty(Error, "prepareStackTrace");

module.enableCompileCache();
module.registerHooks({
  resolve: (specifier, context, next) =>
    UNUSED.has(specifier) && context.parentURL?.includes("/node_modules/@pulumi/pulumi/")
      ? { url: EMPTY, format: "commonjs", shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === EMPTY ? { format: "commonjs", source: "", shortCircuit: true } : next(url, context),
});
