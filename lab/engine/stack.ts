/**
 * A stack of the lab: the real program, run inline by the Automation API on the real engine, with its state in a local
 * file backend and its secrets encrypted. Every operation first repairs what a killed run left.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { LocalWorkspace, type OutputMap, Stack } from "@pulumi/pulumi/automation/index.js";
import { run } from "../world/run.ts";
import { type StackConfig, writeConfig } from "./config.ts";
import type { Engine } from "./engine.ts";
import { inItsWords } from "./failure.ts";
import { type ProviderProcess, startProvider } from "./provider-process.ts";
import { type Adopt, recover } from "./recover.ts";
import { type HostStep, privateKeysOf, stepsOf } from "./steps.ts";

export const PROJECT = "ecs-anywhere-hybrid";

export interface LabStackOptions {
  readonly engine: Engine;
  /** Absolute path of the lab's folder, `.lab`. */
  readonly lab: string;
  /** Default: `lab`. */
  readonly name?: string;
  /** Default: us-east-1. */
  readonly region?: string;
  /** Providers to start and attach: package → arguments of `node`, the program's path first. */
  readonly attach?: Readonly<Record<string, readonly string[]>>;
  /** Default: the project's index.ts. */
  readonly program?: automation.PulumiFn;
  /** Called for each resource whose creation a killed engine did not record. Default: none was created. */
  readonly adopt?: Adopt;
  readonly progress?: (line: string) => void;
}

export type Watch = Pick<automation.UpOptions, "onEvent" | "onOutput" | "signal">;
export type UpOptions = Watch & Pick<automation.UpOptions, "replace" | "target" | "refresh" | "parallel">;

export interface LabStack {
  readonly setConfig: (config: StackConfig) => Promise<void>;
  readonly up: (options?: UpOptions) => Promise<automation.UpResult>;
  readonly preview: (options?: Watch) => Promise<automation.PreviewResult>;
  readonly refresh: (options?: Watch) => Promise<automation.RefreshResult>;
  readonly destroy: (
    options?: Watch & Pick<automation.DestroyOptions, "previewOnly">,
  ) => Promise<automation.DestroyResult>;
  /** The state as JSON, with its secrets encrypted. */
  readonly export: () => Promise<string>;
  readonly outputs: () => Promise<OutputMap>;
  /** What was sent to the hosts, with the secrets in it. */
  readonly steps: () => Promise<readonly HostStep[]>;
  /** The private keys that the program made, unencrypted. */
  readonly privateKeys: () => Promise<readonly string[]>;
  /** Removes what a killed run left: its engine, its lock, its pending operations. Every operation begins with this. */
  readonly cancel: () => Promise<void>;
  /** Stops the attached providers. */
  readonly close: () => Promise<void>;
}

let runs = 0;

/** index.ts registers its resources when it is evaluated, so each run needs an evaluation of its own. */
const hybrid: automation.PulumiFn = async () => (await import(`../../index.ts?run=${++runs}`)).default;

/**
 * Runs an operation. Ctrl-C reaches the engine directly (same process group), which ends in order and records what it
 * has begun, as long as the process that runs its program stays.
 */
async function toItsEnd<T>(operation: () => Promise<T>): Promise<T> {
  const stay = () => undefined;
  process.on("SIGINT", stay);
  try {
    return await inItsWords(operation);
  } finally {
    process.off("SIGINT", stay);
  }
}

/** The lab does not use the configuration in a summary; decrypting it would only take time. */
const quiet = { color: "never", showSecrets: false } as const;

/** A passphrase that is made once and never typed. */
async function passphrase(file: string): Promise<string> {
  const made = randomBytes(32).toString("hex");
  await writeFile(file, made, { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return await readFile(file, "utf8");
}

/** Opens or creates the stack; starts the providers to attach. */
export async function labStack(options: LabStackOptions): Promise<LabStack> {
  const name = options.name ?? "lab";
  const progress = options.progress ?? (() => undefined);
  const folder = join(options.lab, "pulumi");
  const backend = join(folder, "state");
  const workDir = join(folder, "work");
  await mkdir(backend, { recursive: true });
  await mkdir(workDir, { recursive: true });

  const providers: Record<string, ProviderProcess> = {};
  const close = async () => {
    await Promise.all(Object.values(providers).map((provider) => provider.stop()));
  };
  try {
    for (const [pkg, args] of Object.entries(options.attach ?? {}))
      providers[pkg] = await startProvider(pkg, args, options.lab);
    const environment = {
      PULUMI_HOME: options.engine.home,
      // Without the extra files of the backend's library: a killed engine may leave them empty, and then they cannot be
      // read.
      PULUMI_BACKEND_URL: `file://${backend}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: await passphrase(join(folder, "passphrase")),
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DEBUG_PROVIDERS: Object.entries(providers)
        .map(([pkg, provider]) => `${pkg}:${provider.port}`)
        .join(","),
    };
    const workspace = await LocalWorkspace.create({
      pulumiCommand: options.engine.pulumi,
      workDir,
      envVars: environment,
      secretsProvider: "passphrase",
      program: options.program ?? hybrid,
      projectSettings: { name: PROJECT, runtime: "nodejs" },
    });
    const isThere = existsSync(join(backend, ".pulumi", "stacks", PROJECT, `${name}.json`));
    const stack = await (isThere ? Stack.select(name, workspace) : Stack.create(name, workspace));

    const cli = (args: readonly string[], input = "") =>
      run([options.engine.pulumi.command, ...args, "--stack", name, "--non-interactive"], {
        cwd: workDir,
        env: environment,
        input,
      });
    const access = {
      stack,
      backend,
      // The Automation API's own export has every secret unencrypted.
      exportState: () => cli(["stack", "export"]),
      importState: async (state: string) => void (await cli(["stack", "import"], state)),
    };
    const ready = async () => {
      for (const line of await recover(access, options.adopt ?? (async () => undefined))) progress(line);
    };
    const inTheOpen = async () => (await stack.exportStack()).deployment.resources ?? [];
    const setSecret = async (key: string, value: string) =>
      void (await cli(["config", "set", "--secret", key], value));
    return {
      setConfig: (config) =>
        writeConfig(workspace, name, PROJECT, options.region ?? "us-east-1", config, setSecret),
      up: async (with_ = {}) => {
        await ready();
        return await toItsEnd(() => stack.up({ ...quiet, ...with_ }));
      },
      preview: async (with_ = {}) => {
        await ready();
        return await toItsEnd(() => stack.preview({ ...quiet, ...with_ }));
      },
      refresh: async (with_ = {}) => {
        await ready();
        return await toItsEnd(() => stack.refresh({ ...quiet, ...with_ }));
      },
      destroy: async (with_ = {}) => {
        await ready();
        return await toItsEnd(() => stack.destroy({ ...quiet, ...with_ }));
      },
      export: access.exportState,
      outputs: () => stack.outputs(),
      steps: async () => stepsOf(await inTheOpen()),
      privateKeys: async () => privateKeysOf(await inTheOpen()),
      cancel: ready,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
