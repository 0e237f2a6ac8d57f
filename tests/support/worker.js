/**
 * Loaded before each test file (`nodeArguments` of ava): makes it start sooner, as startup.js does the program, and changes
 * nothing for the tests.
 */
import "../../startup.js";
import module from "node:module";

// ava asks for source maps. Node's own TypeScript keeps its line numbers without, and Pulumi's SDK takes a stack trace for
// each of its promises: a third of a component test's time went into looking those up.
process.setSourceMapsEnabled(false);

/** Of the Automation API, for which the program has no use, and the tests of the lab's engine have. */
const used = new Set(["execa", "@logdna/tail-file"]);
module.registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, used.has(specifier) ? { ...context, parentURL: import.meta.url } : context),
});
