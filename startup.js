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
 * The SDK notes each of its thousands of promises until it ends, for a message at the exit about those that never do: with a
 * name, a stack trace and two further promises for each. Only `PULUMI_DEBUG_PROMISE_LEAKS` has the names and traces printed;
 * without it one further promise is enough.
 * @param {{ debuggablePromise: (promise: Promise<unknown>, context: unknown) => Promise<unknown> }} debuggable the SDK's module
 * @param {(path: string) => { getStore: () => { leakCandidates: Set<Promise<unknown>> } }} load that module's `require`
 */
function withoutNames(debuggable, load) {
  const { getStore } = load("./state");
  const { debuggablePromise } = debuggable;
  let watched = false;
  debuggable.debuggablePromise = (promise, context) => {
    if (!watched) {
      // The SDK's own has the exit watched.
      watched = true;
      return debuggablePromise(promise, context);
    }
    const { leakCandidates } = getStore();
    leakCandidates.add(promise);
    return promise.then(
      (value) => {
        leakCandidates.delete(promise);
        return value;
      },
      (error) => {
        leakCandidates.delete(promise);
        throw error;
      },
    );
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

/**
 * And it calls the engine three times for each resource, one call after the other, to say what it is about to do: two thirds
 * of what a resource costs at the least, for `pulumi up --debug`.
 * @param {{ debug: () => Promise<void> }} log the SDK's module
 */
function withoutDebugging(log) {
  log.debug = () => Promise.resolve();
}

/** What is run at the end of a module of the SDK, with its exports and its `require`. */
const patches = process.env.PULUMI_DEBUG_PROMISE_LEAKS
  ? {}
  : {
      "/@pulumi/pulumi/runtime/debuggable.js": withoutNames,
      "/@pulumi/pulumi/resource.js": withoutCallSites,
      "/@pulumi/pulumi/log/index.js": withoutDebugging,
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
    return patch ? { ...loaded, source: `${loaded.source}\n(${patch})(exports, require);` } : loaded;
  },
});
