import { getVersion } from "@pulumi/command/utilities.js";
import * as pulumi from "@pulumi/pulumi";

/** How the provider dials, as it is in the state. */
export interface Connection extends Record<"host" | "user" | "hostKey", string> {
  readonly port: number;
  /** OpenSSH format; secret. Default: the keys of the SSH agent. */
  readonly privateKey?: string;
  readonly dialErrorLimit: number;
  readonly perDialTimeout: number;
}

/** Arguments of a {@link RemoteCommand}. */
export interface RemoteCommandArgs {
  /** Secret. */
  readonly connection: pulumi.Output<Connection>;
  /** Default: nothing is carried out, and no host is dialled. */
  readonly create?: string;
  readonly delete: string;
  readonly stdin: pulumi.Input<string>;
}

/**
 * `command:remote:Command` with the fields that a step uses. The SDK's own class makes a value of each of eleven fields,
 * and walks through the connection, for every one of the thousands of steps of a large site: a quarter of the program's
 * time.
 */
export class RemoteCommand extends pulumi.CustomResource {
  declare readonly stdout: pulumi.Output<string>;

  constructor(name: string, args: RemoteCommandArgs, opts: pulumi.CustomResourceOptions) {
    super(
      "command:remote:Command",
      name,
      {
        ...args,
        logging: "none",
        // Sent as environment variables, which sshd refuses.
        addPreviousOutputInEnv: false,
        stdout: undefined,
      },
      {
        ...opts,
        version: getVersion(),
        additionalSecretOutputs: ["stdout", "stderr", "connection"],
      },
    );
  }
}
