/** The token of the lab's worker: what a user puts into Parameter Store before `pulumi up`, as the tutorial has it. */
import { randomBytes } from "node:crypto";
import { cloud } from "./cloud.ts";
import { awsCommand } from "./commands/aws.ts";
import { run } from "./world/run.ts";

export const workerToken = "/worker/token";

/** Keeps one in the account, unless it has one. */
export async function keepWorkerToken(): Promise<void> {
  if ((await cloud.parameters())[workerToken] !== undefined) return;
  const parameter = { Name: workerToken, Type: "SecureString", Value: randomBytes(16).toString("hex") };
  // On stdin: an argument could be seen by everybody on the machine.
  const { argv, env } = awsCommand(["ssm", "put-parameter", "--cli-input-json", "file:///dev/stdin"]);
  await run(argv, { env, input: JSON.stringify(parameter) });
}
