import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { Command } from "@pulumi/command/remote/command.js";
import { CopyToRemote } from "@pulumi/command/remote/copyToRemote.js";
import * as pulumi from "@pulumi/pulumi";
import { program } from "./converge.ts";
import { dialErrorHooks } from "./dial-error.ts";
import { refuse } from "./refuse.ts";
import type { Step, StepResult } from "./step.ts";

/** Who logs in, as the host's user. */
export interface Login {
  /** OpenSSH format; secret. Left out: the SSH agent (`SSH_AUTH_SOCK`) is asked. */
  readonly privateKey?: pulumi.Input<string>;
}

/** How a {@link PiHost} is reached. */
export interface PiHostArgs extends Login {
  /** IPv4 address. */
  readonly address: string;
  /** Is root, or may use sudo without a password. */
  readonly user: string;
  /** TCP port of sshd. */
  readonly port: number;
  /** Public host key, such as `ssh-ed25519 AAAA…`; another key is refused. */
  readonly hostKey: string;
  /** Nothing is sent to the host any more, and what it had is forgotten without asking it. */
  readonly dead: boolean;
  /** What a person can do there, said when the host is not reached; empty where there is nothing. */
  readonly byHand?: pulumi.Input<string>;
  /** Any other text than at the last `up` has every step carried out again: mends what was changed by hand. */
  readonly again?: string;
}

/** How a step is run, when not as the host's steps are by default. */
export interface RunOptions {
  /** What must stand before, besides the host's previous step. */
  readonly dependsOn?: readonly pulumi.Resource[];
  /** Another login than the host's own, for this step. */
  readonly connectAs?: Login;
}

/** A step that is, or will be, carried out. */
export interface StepRun {
  /** What the host said; known once the step was carried out. */
  readonly result: pulumi.Output<StepResult>;
  /** Stands once the step is in force. */
  readonly resource: pulumi.Resource;
}

/** A file of this computer for a host. */
export interface Cargo {
  /** Relative: to the program's working folder. */
  readonly file: string;
  /** Where it is put on the host: absolute, in a folder that the host's user may write to. */
  readonly path: string;
  /** The configuration field that names the file, for an error. */
  readonly field: string;
}

/** Where a file of this computer will be on the host. */
export interface Carried {
  /** As it was asked for. */
  readonly path: string;
  /** Of the file, as it was when the program ran: 64 hexadecimal digits. */
  readonly sha256: pulumi.Output<string>;
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
    this.#hooks = dialErrorHooks({ ...args, host: name }, args.byHand);
    this.registerOutputs({ address: this.address });
  }

  /**
   * Carries out a step after the host's steps so far, and undoes it when the resource goes. It is sent again when its text
   * changes, or `again`. To a dead host nothing is sent; what it never answered is a result without facts.
   *
   * @param stepName the step's own name, which the resource's name needs before the step itself is known
   * @throws RunError (inside the result) when the step has another name, when no host could carry it out, and when the
   * host's answer is not one line of JSON
   */
  run(stepName: string, step: pulumi.Input<Step>, options: RunOptions = {}): StepRun {
    const { again, dead } = this.#args;
    const field = `hosts.${this.#name}.user`;
    const stdin = pulumi.output(step).apply((step) => {
      if (step.name !== stepName)
        refuse(
          `${this.#name}.run`,
          stepName,
          `must be the step's own name, ${step.name}`,
          "rename one of the two",
        );
      return again === undefined
        ? program(step, { field })
        : `${program(step, { field })}# Again: ${again}\n`;
    });
    const command = new Command(
      `${this.#name}-${stepName}`,
      {
        connection: this.#connection(options.connectAs),
        // Constant texts: what is secret, and all else, travels on stdin. A dead host's steps stay as the state has them;
        // those that never came to be are made without a command, for which the provider dials nobody.
        ...(dead ? {} : { create: "sh -s -- converge" }),
        delete: "sh -s -- undo",
        stdin: pulumi.secret(stdin),
        logging: "none",
        // Sent as environment variables, which sshd refuses.
        addPreviousOutputInEnv: false,
      },
      { ...this.#options(options.dependsOn), additionalSecretOutputs: ["stdout", "stderr"] },
    );
    this.#previous = { step: stepName, resource: command };
    // The one line on stdout has no secret: the program puts only paths and facts there.
    const result = pulumi
      .unsecret(command.stdout)
      .apply((stdout) =>
        dead && !stdout
          ? { step: stepName, changed: [], facts: {} }
          : parseResult(`${this.#name}-${stepName}`, stdout),
      );
    return { result, resource: command };
  }

  /**
   * Copies a file to the host, in the order of the steps and as a resource of its own, `<host>-<name>`; again only when its
   * content changed, and for `again`. It arrives as the host's user's, and a destroy leaves it: the step that it is for
   * compares its SHA-256 and takes it away. To a dead host nothing is copied.
   *
   * @throws RunError of four parts when this computer has no such file
   */
  carry(name: string, { file, path, field }: Cargo): Carried {
    const source = resolve(file);
    if (!statSync(source, { throwIfNoEntry: false })?.isFile())
      refuse(
        field,
        file,
        `must be a file on the computer that runs pulumi, but ${source} is none`,
        "correct the path, or make the file",
      );
    const carried = { path, sha256: pulumi.output(sha256Of(source)) };
    const { address, again, dead } = this.#args;
    // The provider's delete takes nothing away, so it may leave the state.
    if (dead) return carried;
    const resource = new CopyToRemote(
      `${this.#name}-${name}`,
      {
        connection: this.#connection(),
        source: new pulumi.asset.FileAsset(source),
        remotePath: path,
        // By itself the provider copies again for another content only, not to another host.
        triggers: [address, again ?? ""],
      },
      this.#options(),
    );
    this.#previous = { step: name, resource };
    return carried;
  }

  #connection(connectAs?: Login) {
    const { address, port, hostKey, ...own } = this.#args;
    const { privateKey } = connectAs ?? own;
    return {
      host: address,
      port,
      user: own.user,
      hostKey,
      ...(privateKey === undefined ? {} : { privateKey: pulumi.secret(privateKey) }),
      ...(this.#previous?.step === "reboot" ? patienceForReboot : patience),
    };
  }

  #options(dependsOn: readonly pulumi.Resource[] = []): pulumi.CustomResourceOptions {
    return {
      parent: this,
      dependsOn: [...(this.#previous ? [this.#previous.resource] : []), ...dependsOn],
      customTimeouts: { create: timeout, update: timeout, delete: timeout },
      ...(this.#hooks ? { hooks: this.#hooks } : {}),
      ...(this.#args.dead ? { ignoreChanges: ["*"], retainOnDelete: true } : {}),
    };
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function parseResult(field: string, stdout: string): StepResult {
  try {
    return JSON.parse(stdout) as StepResult;
  } catch {
    return refuse(
      field,
      JSON.stringify(stdout),
      "the host must answer one line of JSON",
      "keep the login shell's start files from printing on stdout",
    );
  }
}
