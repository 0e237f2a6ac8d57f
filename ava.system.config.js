import base from "./ava.config.js";

/** The configuration of `npm run test:system` (tests/system.ts). */
export default { ...base, files: ["tests/**/*.system.test.ts"] };
