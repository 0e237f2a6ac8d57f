/** `npm run permissions -- STACK` */
import { onStack } from "../command-line.ts";

const usage = `npm run permissions -- STACK

Prints the policies that \`pulumi up\`, \`pulumi refresh\` and \`pulumi destroy\` of Pulumi.STACK.yaml need: one per line, as JSON of
a size that IAM takes as a managed policy. It sends no request to AWS. To create them:

  npm run permissions --silent -- STACK | while read -r policy; do
    n=$((n + 1))
    aws iam create-policy --policy-name "pulumi-STACK-$n" --policy-document "$policy"
  done`;

await onStack(usage, [], async (stack) => {
  const { programOf } = await import("../program/registered.ts");
  const { policiesOf } = await import("./policies.ts");
  for (const policy of policiesOf(await programOf(process.cwd(), stack))) console.log(JSON.stringify(policy));
  return true;
});
