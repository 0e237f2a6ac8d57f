import { labAccessKey } from "../aws/api/call.ts";
import { ca } from "../world/ca.ts";
import { awsCli } from "../world/machine.ts";
import { inNamespace, run } from "../world/run.ts";
import { laptop, region } from "../world/topology.ts";
import { foreground } from "./foreground.ts";

/** The real AWS CLI on the laptop: the names of AWS's endpoints lead to the simulated one there. */
export const awsCommand = (args: readonly string[]) => ({
  argv: inNamespace(laptop, [awsCli, ...args]),
  env: {
    AWS_ACCESS_KEY_ID: labAccessKey.accessKeyId,
    AWS_SECRET_ACCESS_KEY: labAccessKey.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_CA_BUNDLE: ca.certificate,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  },
});

export function aws(args: readonly string[]): Promise<number> {
  const { argv, env } = awsCommand(args);
  return foreground(argv, env);
}

/** Returns what the real AWS CLI prints. */
export async function askAws(...args: readonly string[]): Promise<string> {
  const { argv, env } = awsCommand(args);
  return await run(argv, { env });
}
