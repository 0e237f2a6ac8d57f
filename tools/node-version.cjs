/**
 * Loaded by node before anything else (the scripts in package.json, startup.js): says in one line that this Node is too
 * old, where the first TypeScript file would end in a stack trace. CommonJS, which every Node can load.
 */
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const { engines } = require("../package.json");

/**
 * Major and minor version as one number, of the first version in the text.
 * @param {string} text
 */
function version(text) {
  const [major = 0, minor = 0] = (text.match(/\d+/g) || []).map(Number);
  return major * 1000 + minor;
}

if (version(process.versions.node) < version(engines.node)) {
  // It is missing where npm was told to run no package's script.
  const own = existsSync(join(__dirname, "../node_modules/node/bin/node"))
    ? "put node_modules/node/bin first on the PATH"
    : "run `npm rebuild node --ignore-scripts=false`, which puts one into node_modules";
  const oldest = engines.node.replace(">=", "");
  console.error(`Node: ${process.versions.node}: must be ${oldest} or newer; install it, or ${own}`);
  process.exit(1);
}
