/**
 * Loaded before each test file (`nodeArguments` of ava): makes it start faster, as startup.js does for the program, and
 * changes nothing for the tests.
 */
import { unused } from "../../startup.js";

// ava asks for source maps. Node's type stripping keeps line numbers without them, and Pulumi's SDK takes a stack trace
// for each of its promises: a third of a component test's time went into looking those up.
process.setSourceMapsEnabled(false);

// The tests of the lab's engine use the Automation API.
for (const name of ["execa", "@logdna/tail-file"]) unused.delete(name);
