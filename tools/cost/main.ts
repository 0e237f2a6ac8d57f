/** `npm run cost -- STACK` */
import { InvalidInput } from "../../config/errors.ts";
import { priceStack } from "./price-stack.ts";

const usage = `npm run cost -- STACK

Prints what the resources of Pulumi.STACK.yaml cost a month. Nothing is asked from AWS.`;

const [stack, ...rest] = process.argv.slice(2);
if (stack === undefined || rest.length > 0 || stack.startsWith("-")) {
  console.error(usage);
  process.exit(2);
}
try {
  console.log(await priceStack(process.cwd(), stack));
} catch (error) {
  if (!(error instanceof InvalidInput)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
