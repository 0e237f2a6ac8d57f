import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { CopyToRemote, type CopyToRemoteArgs } from "@pulumi/command/remote/copyToRemote.js";
import * as pulumi from "@pulumi/pulumi";
import { fail } from "../limits/problem.ts";
import type { ProgramOptions } from "./converge.ts";
import { dialErrorHooks } from "./dial-error.ts";
import { installText, programFile, stepText, uploadPath } from "./program.ts";
import { type Connection, RemoteCommand } from "./remote-command.ts";
import type { Step, StepResult } from "./step.ts";
import { type AutomationKeyArgs, automationKey } from "./steps/automation-key.ts";

/** The key that logs in as the host's user. */
export interface Login {
  /** OpenSSH format; secret. Default: the keys of the SSH agent (`SSH_AUTH_SOCK`). */
  readonly privateKey?: pulumi.Input<string>;
}

/** How a {@link Host} is reached. */
export interface HostArgs extends Login {
  /** IPv4 address. */
  readonly address: string;
  /** Is root, or may use sudo without a password. */
  readonly user: string;
  /** TCP port of sshd. */
  readonly port: number;
  /** Public host key, such as `ssh-ed25519 AAAA…`; another key is refused. */
  readonly hostKey: string;
  /** Nothing is sent to the host any more, and its resources are deleted without contacting it. */
  readonly dead: boolean;
  /** What a person can do on the host by hand, printed when it cannot be reached; empty where there is nothing. */
  readonly manualRemedy?: pulumi.Input<string>;
  /** A changed text makes every step run again, which reverts changes made by hand. */
  readonly rerunToken?: string;
}

/** How a step is run, where it differs from the default. */
export interface RunOptions {
  /** What must exist before, besides the host's previous step. */
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** A step that is, or will be, carried out. */
export interface StepRun {
  /** The host's answer; known once the step was carried out. Created on first use, since most are never used. */
  readonly result: pulumi.Output<StepResult>;
  /** Exists once the step is in force. */
  readonly resource: pulumi.Resource;
}

/** A file of this computer for a host. */
export interface FileUpload {
  /** Relative to the program's working folder. */
  readonly file: string;
  /** Path on the host: absolute, in a folder that the host's user may write to. */
  readonly path: string;
  /** The configuration field that names the file, for an error. */
  readonly field: string;
}

/** Where a file of this computer will be on the host. */
export interface UploadedFile {
  readonly path: string;
  /** SHA-256 of the file when the program ran: 64 hexadecimal digits. */
  readonly sha256: pulumi.Output<string>;
}

/** Refused and timed out dials until a step fails: about a minute for a host that is unreachable. */
const patience = { dialErrorLimit: 10, perDialTimeout: 5 };

/** For the step after a reboot, which may take a Pi three minutes. The provider waits up to 5 s between two dials. */
const patienceForReboot = { dialErrorLimit: 60, perDialTimeout: 5 };

/** The program on the host gives up on its own after 30 minutes, and says why. */
const timeout = "35m";

/**
 * A host of the site. `run` carries out steps on it over SSH, one after the other in the order of the calls, each as a
 * resource of its own, `<host>-<step>`, and over one connection; steps of different hosts go side by side. An unchanged step
 * opens no connection; a destroy undoes the steps in the opposite order.
 *
 * `installKey` and `installProgram` come first: the key that logs in for all else, and the converge program, which a host gets
 * once. A step's resource contains only what belongs to the step.
 *
 * The update fails when the host is not reached, has a different host key, or the step does not come into force there.
 */
export class Host extends pulumi.ComponentResource {
  readonly address: string;
  readonly #name: string;
  readonly #args: HostArgs;
  readonly #hooks: pulumi.ResourceHookBinding | undefined;
  readonly #options: ProgramOptions;
  readonly #connections = new Map<Login["privateKey"], Map<boolean, pulumi.Output<Connection>>>();
  #previous: { readonly step: string; readonly resource: pulumi.Resource } | undefined;

  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:site:Host", name, {}, opts);
    this.address = args.address;
    this.#name = name;
    this.#args = args;
    this.#hooks = dialErrorHooks({ ...args, host: name }, args.manualRemedy);
    this.#options = {
      field: `hosts.${name}.user`,
      owner: `${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
      ...(args.rerunToken === undefined ? {} : { rerunToken: args.rerunToken }),
    };
    this.registerOutputs({ address: this.address });
  }

  /**
   * Lets a key log in, as the step `automation-key`. Its text does not depend on the converge program, whose new versions
   * therefore need no other login.
   *
   * @param login default: as for all steps
   */
  installKey(publicKeyOpenssh: pulumi.Input<AutomationKeyArgs["publicKeyOpenssh"]>, login?: Login): void {
    const { user } = this.#args;
    const text = pulumi
      .output(publicKeyOpenssh)
      .apply((publicKeyOpenssh) => automationKey({ ...this.#options, publicKeyOpenssh, user }));
    this.#command("automation-key", text, { login });
  }

  /** Sends the converge program, as the resources `<host>-upload` and `<host>-program`; again only when it changed. */
  installProgram(): void {
    const { address, dead, rerunToken, user } = this.#args;
    const { path, sha256 } = programFile(rerunToken);
    if (!dead)
      this.#copy("upload", {
        source: new pulumi.asset.FileAsset(path),
        remotePath: uploadPath,
        triggers: [address],
      });
    this.#command("program", installText({ ...this.#options, sha256, user }));
  }

  /**
   * Carries out a step after the host's steps so far, and undoes it when the resource goes. It is sent again when its text
   * or `rerunToken` changes. Nothing is sent to a dead host; a step that it never answered has a result without facts.
   *
   * @param stepName the step's own name, which the resource's name needs before the step itself is known
   * @throws RunError (inside the result) when the step has another name, when no host could carry it out, and when the
   * host's answer is not one line of JSON
   */
  run(stepName: string, step: Step | pulumi.Output<Step>, options: RunOptions = {}): StepRun {
    const render = (step: Step) => {
      if (step.name !== stepName)
        fail(
          `${this.#name}.run`,
          stepName,
          `must be the step's own name, ${step.name}`,
          "give both the same name",
        );
      const text = stepText(step, this.#options);
      return step.secrets?.length ? pulumi.secret(text) : text;
    };
    const text: pulumi.Input<string> = pulumi.Output.isInstance(step)
      ? step.apply((step) => pulumi.output(render(step)))
      : render(step);
    const resource = this.#command(stepName, text, options);
    const { dead } = this.#args;
    const parse = (stdout: string): StepResult =>
      dead && !stdout
        ? { step: stepName, changed: [], facts: {} }
        : parseResult(`${this.#name}-${stepName}`, stdout);
    return {
      resource,
      get result() {
        // The line on stdout contains no secret: the program prints only paths and facts there.
        return pulumi.unsecret(resource.stdout).apply(parse);
      },
    };
  }

  /**
   * Uploads a file to the host, in the order of the steps and as a resource of its own, `<host>-<name>`; again only when its
   * content or `rerunToken` changed. It belongs to the host's user, and a destroy leaves it: the step that needs it
   * compares its SHA-256 and removes it. Nothing is sent to a dead host.
   *
   * @throws RunError of four parts when this computer has no such file
   */
  upload(name: string, { file, path, field }: FileUpload): UploadedFile {
    const source = resolve(file);
    if (!statSync(source, { throwIfNoEntry: false })?.isFile())
      fail(
        field,
        file,
        `must be a file on the computer that runs pulumi, but ${source} is not one`,
        "correct the path, or create the file",
      );
    const { address, dead, rerunToken } = this.#args;
    // The provider's delete removes nothing from the host, so a dead host's resource may go.
    if (!dead)
      this.#copy(name, {
        source: new pulumi.asset.FileAsset(source),
        remotePath: path,
        triggers: [address, rerunToken ?? ""],
      });
    return { path, sha256: pulumi.output(sha256Of(source)) };
  }

  /** A text for the host's `sh`, as the next resource of the host. */
  #command(
    name: string,
    text: pulumi.Input<string>,
    { login, dependsOn }: RunOptions & { readonly login?: Login | undefined } = {},
  ): RemoteCommand {
    const { dead } = this.#args;
    const resource = new RemoteCommand(
      `${this.#name}-${name}`,
      {
        connection: this.#connection(login),
        // Constant texts: everything else, secrets included, travels on stdin. A dead host's steps stay as the state has
        // them; a step that it never had is made without a command, for which the provider dials no host.
        ...(dead ? {} : { create: "sh -s -- converge" }),
        delete: "sh -s -- undo",
        stdin: text,
      },
      this.#resourceOptions(dependsOn),
    );
    this.#previous = { step: name, resource };
    return resource;
  }

  /** A file for the host, as its next resource. The provider copies again only when the content changed: `triggers` replaces. */
  #copy(name: string, args: Omit<CopyToRemoteArgs, "connection">): void {
    const resource = new CopyToRemote(
      `${this.#name}-${name}`,
      { connection: this.#connection(), ...args },
      this.#resourceOptions(),
    );
    this.#previous = { step: name, resource };
  }

  /** One output for all steps that log in alike: Pulumi would walk through an object for each step. */
  #connection({ privateKey }: Login = this.#args): pulumi.Output<Connection> {
    const { address: host, port, hostKey, user } = this.#args;
    const afterReboot = this.#previous?.step === "reboot";
    const made = (key?: string): Connection => ({
      host,
      port,
      user,
      hostKey,
      ...(key === undefined ? {} : { privateKey: key }),
      ...(afterReboot ? patienceForReboot : patience),
    });
    const known = this.#connections.get(privateKey)?.get(afterReboot);
    if (known) return known;
    const connection =
      privateKey === undefined ? pulumi.secret(made()) : pulumi.secret(privateKey).apply(made);
    const alike = this.#connections.get(privateKey) ?? new Map<boolean, pulumi.Output<Connection>>();
    this.#connections.set(privateKey, alike.set(afterReboot, connection));
    return connection;
  }

  #resourceOptions(dependsOn: readonly pulumi.Resource[] = []): pulumi.CustomResourceOptions {
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
    return fail(
      field,
      JSON.stringify(stdout),
      "must be one line of JSON",
      "remove what the login shell's start files print on stdout",
    );
  }
}
