/** The token of the lab's worker: what a user puts into Parameter Store before `pulumi up`, as the tutorial has it. */
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cloud } from "./cloud.ts";
import { awsCommand } from "./commands/aws.ts";
import { paths } from "./world/paths.ts";
import { run } from "./world/run.ts";

export const workerToken = "/worker/token";

/** Keeps one in the account, unless it has one. */
export async function keepWorkerToken(): Promise<void> {
  if ((await cloud.parameters())[workerToken] !== undefined) return;
  const parameter = { Name: workerToken, Type: "SecureString", Value: randomBytes(16).toString("hex") };
  // In a file: an argument could be seen by everybody on the machine, and the CLI reads what it is given twice.
  const file = join(paths.run, "worker-token.json");
  writeFileSync(file, JSON.stringify(parameter), { mode: 0o600 });
  try {
    const { argv, env } = awsCommand(["ssm", "put-parameter", "--cli-input-json", `file://${file}`]);
    await run(argv, { env });
  } finally {
    rmSync(file);
  }
}
