import { Command } from "@pulumi/command/remote/command.js";
import * as pulumi from "@pulumi/pulumi";
import { program } from "./converge.ts";
import { dialErrorHooks } from "./dial-error.ts";
import type { Step, StepResult } from "./step.ts";

/** Who logs in. Without a private key the SSH agent (`SSH_AUTH_SOCK`) is asked. */
export interface Login {
  readonly user?: string;
  /** OpenSSH format; secret. */
  readonly privateKey?: pulumi.Input<string>;
}

export interface PiHostArgs {
  /** IPv4 address. */
  readonly address: string;
  readonly user: string;
  /** TCP port of sshd. */
  readonly port: number;
  /** Public host key, such as `ssh-ed25519 AAAA…`; another key is refused. */
  readonly hostKey: string;
  readonly privateKey?: pulumi.Input<string>;
  /** Nothing is sent to the host any more, and what it had is forgotten without asking it. */
  readonly dead: boolean;
  /** Any other text than at the last `up` has every step carried out again: mends what was changed by hand. */
  readonly again?: string;
}

export interface RunOptions {
  /** What must stand before, besides the host's previous step. */
  readonly dependsOn?: readonly pulumi.Resource[];
  /** Another login than the host's own, for this step. */
  readonly connectAs?: Login;
}

export interface StepRun {
  /** What the host said; known once the step was carried out. */
  readonly result: pulumi.Output<StepResult>;
  readonly resource: pulumi.Resource;
}

/** Refused and timed out dials until a step fails: about a minute for a host that is away. */
const patience = { dialErrorLimit: 10, perDialTimeout: 5 };

/** For the step after a reboot, which may take a Pi three minutes. The provider waits up to 5 s between two dials. */
const patienceForReboot = { dialErrorLimit: 60, perDialTimeout: 5 };

/** The program on the host gives up by itself after 30 minutes, and says why. */
const timeout = "35m";

/**
 * A machine of the site. `run` carries out steps on it over SSH, one after the other in the order of the calls, each
 * as a resource of its own, `<host>-<step>`, and over one connection; steps of different hosts go side by side.
 * An unchanged step opens no connection; a destroy undoes the steps in the opposite order.
 *
 * Fails in the update when the host is not reached, has another host key, or the step does not come into force there.
 */
export class PiHost extends pulumi.ComponentResource {
  readonly address: string;
  readonly #name: string;
  readonly #args: PiHostArgs;
  readonly #hooks: pulumi.ResourceHookBinding | undefined;
  #previous: { readonly step: string; readonly resource: pulumi.Resource } | undefined;

  constructor(name: string, args: PiHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:pi:PiHost", name, {}, opts);
    this.address = args.address;
    this.#name = name;
    this.#args = args;
    this.#hooks = dialErrorHooks({ ...args, host: name });
    this.registerOutputs({ address: this.address });
  }

  run(stepName: string, step: pulumi.Input<Step>, options: RunOptions = {}): StepRun {
    const { address, port, hostKey, dead, again, ...own } = this.#args;
    const { user, privateKey } = options.connectAs ? { user: own.user, ...options.connectAs } : own;
    const previous = this.#previous;
    const field = `hosts.${this.#name}.user`;
    const stdin = pulumi.output(step).apply((step) => {
      if (step.name !== stepName) {
        throw new Error(
          `${this.#name}.run: ${stepName}: must be the step's own name, ${step.name}; rename one of the two`,
        );
      }
      return again === undefined
        ? program(step, { field })
        : `${program(step, { field })}# Again: ${again}\n`;
    });
    const command = new Command(
      `${this.#name}-${stepName}`,
      {
        connection: {
          host: address,
          port,
          user,
          hostKey,
          ...(privateKey === undefined ? {} : { privateKey: pulumi.secret(privateKey) }),
          ...(previous?.step === "reboot" ? patienceForReboot : patience),
        },
        // Constant texts: what is secret, and all else, travels on stdin.
        create: "sh -s -- converge",
        delete: "sh -s -- undo",
        stdin: pulumi.secret(stdin),
        logging: "none",
        // Sent as environment variables, which sshd refuses.
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        dependsOn: [...(previous ? [previous.resource] : []), ...(options.dependsOn ?? [])],
        additionalSecretOutputs: ["stdout", "stderr"],
        customTimeouts: { create: timeout, update: timeout, delete: timeout },
        ...(this.#hooks ? { hooks: this.#hooks } : {}),
        ...(dead ? { ignoreChanges: ["*"], retainOnDelete: true } : {}),
      },
    );
    this.#previous = { step: stepName, resource: command };
    // The one line on stdout has no secret: the program puts only paths and facts there.
    const result = pulumi
      .unsecret(command.stdout)
      .apply((stdout) => parseResult(`${this.#name}-${stepName}`, stdout));
    return { result, resource: command };
  }
}

function parseResult(field: string, stdout: string): StepResult {
  try {
    return JSON.parse(stdout) as StepResult;
  } catch {
    throw new Error(
      `${field}: ${JSON.stringify(stdout)}: the host must answer one line of JSON; ` +
        "keep the login shell's start files from printing on stdout",
    );
  }
}
