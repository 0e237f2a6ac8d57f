/** The slowest tests start first, so that none of them runs alone at the end. */
const longest = [
  "dns-forwarding/refusals",
  "vpn-gateway/converge",
  "vpn-gateway/refusals",
  "steps/dns-forwarding",
  "steps/ecs-agent",
  "tools/preflight",
  "pi/converge-kill",
  "pi/converge-failure",
];

/** @param {string} file */
const place = (file) => {
  const found = longest.findIndex((name) => file.endsWith(`${name}.test.ts`));
  return found < 0 ? longest.length : found;
};

export default {
  files: ["tests/**/*.test.ts", "!tests/**/*.system.test.ts"],
  extensions: { ts: "module" },
  // By its absolute path, since tests pass their own arguments (`process.execArgv`) to programs in other folders.
  nodeArguments: [`--import=${import.meta.dirname}/tests/support/worker.js`],
  // One more than cores, since some tests mostly wait for processes.
  concurrency: 3,
  workerThreads: false,
  timeout: "2m",
  /** @type {(a: string, b: string) => number} */
  sortTestFiles: (a, b) => place(a) - place(b) || a.localeCompare(b),
};
