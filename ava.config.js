/** What takes longest is begun first, so that nothing long is left to run alone at the end. */
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
  // By its absolute path: a test hands its own arguments on (`process.execArgv`) to programs that run elsewhere.
  nodeArguments: [`--import=${import.meta.dirname}/tests/support/worker.js`],
  // One more than cores: some of them wait for processes most of their time.
  concurrency: 3,
  workerThreads: false,
  timeout: "2m",
  /** @type {(a: string, b: string) => number} */
  sortTestFiles: (a, b) => place(a) - place(b) || a.localeCompare(b),
};
