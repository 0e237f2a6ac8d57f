/** The token of the lab's worker: a user puts it into Parameter Store before `pulumi up`, as in the tutorial. */
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cloud } from "./cloud.ts";
import { awsCommand } from "./commands/aws.ts";
import { paths } from "./world/paths.ts";
import { run } from "./world/run.ts";

export const workerToken = "/worker/token";

/** Puts a token into the account, unless it has one. */
export async function keepWorkerToken(): Promise<void> {
  if ((await cloud.parameters())[workerToken] !== undefined) return;
  const parameter = { Name: workerToken, Type: "SecureString", Value: randomBytes(16).toString("hex") };
  // In a file, since every user of the machine could see an argument, and the CLI reads its input twice.
  const file = join(paths.run, "worker-token.json");
  writeFileSync(file, JSON.stringify(parameter), { mode: 0o600 });
  try {
    const { argv, env } = awsCommand(["ssm", "put-parameter", "--cli-input-json", `file://${file}`]);
    await run(argv, { env });
  } finally {
    rmSync(file);
  }
}
