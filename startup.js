/**
 * Node loads this file before the program (`nodeargs` in Pulumi.yaml). It keeps code out of the
 * process that this program never uses: more than half of its time and memory (docs/benchmarks.md). It is plain
 * JavaScript, since Node's type stripping costs as much as this file saves. Without the file the program does the same,
 * more slowly. It first refuses a Node that is too old.
 */
import "./tools/node-version.cjs";
import module from "node:module";

/** Whether the engine asked for traces of the program, for which the SDK uses OpenTelemetry. */
const traced = process.env.TRACEPARENT !== undefined || process.env.PULUMI_EXPERIMENTAL !== undefined;

/**
 * Packages that Pulumi's SDK loads at its start and that this program never uses. To use one, remove it from this list.
 */
export const unused = new Set([
  // Functions turned into text, for dynamic providers: the compiler, and the part of npm that resolves packages.
  "typescript",
  "@npmcli/arborist",
  "normalize-package-data",
  // Node runs the program's TypeScript with its own line numbers; and the SDK takes a stack trace for each of its
  // promises, so that looking each up in the source maps of its own files costs seconds.
  "source-map-support/register",
  // The Automation API.
  "execa",
  "@logdna/tail-file",
  ...(traced
    ? []
    : [
        "@opentelemetry/exporter-zipkin",
        "@opentelemetry/instrumentation",
        "@opentelemetry/instrumentation-grpc",
        "@opentelemetry/resources",
        "@opentelemetry/sdk-trace-base",
        "@opentelemetry/sdk-trace-node",
      ]),
]);
const nothing = "unused:nothing";

/**
 * The SDK takes a stack trace for each of its thousands of promises, for the case that one never ends: a quarter of the
 * program's processor time. To look for such a promise, set the SDK's own variable for it.
 * @param {{ debuggablePromise: (promise: Promise<unknown>, context: unknown) => unknown }} debuggable the SDK's module
 */
function withoutStackTraces(debuggable) {
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

/**
 * It also takes the program's whole stack for each resource, which the engine keeps in the state with the paths of this
 * computer: a sixth of a host's state, for a display that only Pulumi Cloud has.
 * @param {{ Resource: { stackTrace: (skip: number) => unknown[] } }} resource the SDK's module
 */
function withoutCallSites({ Resource }) {
  Resource.stackTrace = () => [];
}

/** What is run at the end of a module of the SDK, with its exports. */
const patches = process.env.PULUMI_DEBUG_PROMISE_LEAKS
  ? {}
  : {
      "/@pulumi/pulumi/runtime/debuggable.js": withoutStackTraces,
      "/@pulumi/pulumi/resource.js": withoutCallSites,
    };

module.enableCompileCache();
module.registerHooks({
  resolve: (specifier, context, next) =>
    unused.has(specifier) && context.parentURL?.includes("/node_modules/@pulumi/pulumi/")
      ? { url: nothing, format: "commonjs", shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) => {
    if (url === nothing) return { format: "commonjs", source: "", shortCircuit: true };
    const loaded = next(url, context);
    const patch = Object.entries(patches).find(([file]) => url.endsWith(file))?.[1];
    return patch ? { ...loaded, source: `${loaded.source}\n(${patch})(exports);` } : loaded;
  },
});
