/** `npm run quotas -- STACK` */
import { onStack } from "../command-line.ts";

const usage = `npm run quotas -- STACK

Prints what Pulumi.STACK.yaml uses of the quotas that an AWS account has. It sends no request to AWS.`;

await onStack(usage, [], async (stack) => {
  const { programOf } = await import("../program/registered.ts");
  const { table } = await import("./table.ts");
  console.log(table(await programOf(process.cwd(), stack)));
  return true;
});
