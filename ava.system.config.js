import base from "./ava.config.js";

/** Of `npm run test:system` (tests/system.ts). */
export default { ...base, files: ["tests/**/*.system.test.ts"] };
