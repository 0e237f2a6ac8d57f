/**
 * Loaded before each test file (`nodeArguments` of ava): makes it start sooner, and changes nothing for the tests. Plain
 * JavaScript, since the part of Node that strips types is not needed for what the cache has.
 */
import module from "node:module";
import { join } from "node:path";

// ava asks for source maps. Node's own TypeScript keeps its line numbers without, and Pulumi's SDK takes a stack trace for
// each of its promises: a third of a component test's time went into looking those up.
process.setSourceMapsEnabled(false);
module.enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/node"));
