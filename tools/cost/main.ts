/** `npm run cost -- STACK` */
import { onStack } from "../command-line.ts";

const usage = `npm run cost -- STACK

Prints the monthly cost of the resources of Pulumi.STACK.yaml. It sends no request to AWS.`;

await onStack(usage, [], async (stack) => {
  const { priceStack } = await import("./price-stack.ts");
  console.log(await priceStack(process.cwd(), stack));
  return true;
});
