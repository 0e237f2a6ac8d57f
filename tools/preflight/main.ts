/** `npm run preflight -- STACK` */
import { onStack } from "../command-line.ts";

const usage = `npm run preflight -- STACK

Prints how every node reached AWS's private endpoints when it last looked: a line for each name, and how to have them
look again. Exit status 1: some name was not as it should be, or the stack's newest update failed since.`;

await onStack(usage, [], async (stack) => {
  const { showPreflight } = await import("./show.ts");
  return showPreflight({ folder: process.cwd(), stack, say: (text) => console.log(text) });
});
