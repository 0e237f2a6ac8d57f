import base from "./ava.config.js";

/**
 * The configuration of `npm run test:system` (tests/system.ts). One file after the other: an engine takes a whole machine, and
 * DNS servers and firewalls are asked how soon they answer.
 */
export default { ...base, concurrency: 1, files: ["tests/**/*.system.test.ts"] };
