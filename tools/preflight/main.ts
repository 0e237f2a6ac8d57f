/** `npm run preflight -- STACK` */
import { onStack } from "../command-line.ts";

const usage = `npm run preflight -- STACK

Prints how every node last reached AWS's private endpoints: one line per name, and how to measure again. Exit status 1:
a name failed, or the stack's newest update failed since.`;

await onStack(usage, [], async (stack) => {
  const { showPreflight } = await import("./show.ts");
  return showPreflight({ folder: process.cwd(), stack, say: (text) => console.log(text) });
});
