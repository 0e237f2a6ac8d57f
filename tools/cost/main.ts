/** `npm run cost -- STACK` */
import { onStack } from "../command-line.ts";

const usage = `npm run cost -- STACK

Prints what the resources of Pulumi.STACK.yaml cost a month. Nothing is asked from AWS.`;

await onStack(usage, [], async (stack) => {
  const { priceStack } = await import("./price-stack.ts");
  console.log(await priceStack(process.cwd(), stack));
  return true;
});
