/**
 * Pulumi's mocks on the simulated AWS: a program under test registers its resources with the same simulation that the
 * lab runs. So it gets AWS's ids and AWS's refusals, and the test reads what was registered, and how.
 *
 * ```ts
 * const aws = await withAws();
 * new Network("net", { … });
 * const all = await aws.registered();
 * all.find((r) => r.name === "net-vpc")?.inputs.cidrBlock;
 * ```
 */
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import { Aws } from "../../lab/aws/aws.ts";
import { containsSecret, plainRecord } from "../../lab/aws/values.ts";

/** A resource as the program registered it. Inputs are plain: secrets are unwrapped, omitted values are absent. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The values that the program got back. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly id: string;
  readonly custom: boolean;
  /** URN of the parent; empty for the stack. */
  readonly parent: string;
  /** URNs of everything it waits for: `dependsOn`, and the resources whose outputs it consumes. */
  readonly dependencies: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly replacementTrigger: unknown;
  readonly deleteBeforeReplace: boolean;
  readonly retainOnDelete: boolean;
  readonly protect: boolean;
  /** URN. */
  readonly deletedWith: string;
  /** Earlier names that the program gave the resource itself; the engine adds what follows from its parent's. */
  readonly aliases: readonly string[];
  readonly customTimeouts: { readonly create: string; readonly update: string; readonly delete: string };
  /** Names of the inputs that were secrets. */
  readonly secretInputs: readonly string[];
}

/** The hosts' answer: stdout of a command, from its name and its inputs. May throw, as a failed command does. */
export type Ssh = (name: string, inputs: Readonly<Record<string, unknown>>) => string;

/** A stack's resources in the engine's state, by URN. */
export type OwnState = Readonly<Record<string, { readonly type: string; readonly outputs: object }>>;

export interface MockOptions {
  /** Stack configuration, by full key (`project:key`, `aws:region`). */
  readonly config?: Readonly<Record<string, string>>;
  readonly project?: string;
  readonly stack?: string;
  readonly preview?: boolean;
  readonly region?: string;
  readonly ssh?: Ssh;
  /** Seed of all ids and secrets. */
  readonly seed?: string;
  /** What the engine has of the stack before the program runs. Default: nothing, as before the first `up`. */
  readonly ownState?: OwnState;
  /** Prepares the account before the program runs. */
  readonly prepare?: (aws: Aws) => void;
}

export interface MockedAws {
  /** The simulation itself, to prepare or inspect it. */
  readonly aws: Aws;
  /** Waits until every request is done. Rejects with the first refusal, which has AWS's message. */
  registered(): Promise<readonly Registered[]>;
  /** The resources registered so far, in order. */
  readonly resources: readonly Registered[];
  /** Sets the hosts' answers from now on. */
  answer(ssh: Ssh): void;
}

const emptyResult: Ssh = (name) => JSON.stringify({ step: name, changed: [], facts: {} });

/** Plausible outputs of `@pulumi/tls`'s PrivateKey. Nothing connects with them. */
const key = (name: string) => ({
  privateKeyOpenssh: `-----BEGIN OPENSSH PRIVATE KEY-----\n${name}\n-----END OPENSSH PRIVATE KEY-----\n`,
  privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----\n`,
  publicKeyOpenssh: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx\n",
  publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${name}\n-----END PUBLIC KEY-----\n`,
  publicKeyFingerprintSha256: "SHA256:labLabLabLabLabLabLabLabLabLabLabLabLabLabLab",
});

type State = Record<string, unknown>;

class World implements pulumi.runtime.Mocks {
  readonly aws: Aws;
  readonly ownState: OwnState;
  ssh: Ssh;
  /** `additionalSecretOutputs` of the registration under way. */
  alsoSecret: readonly string[] = [];

  constructor(aws: Aws, ssh: Ssh, ownState: OwnState) {
    this.aws = aws;
    this.ssh = ssh;
    this.ownState = ownState;
  }

  newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs): { id: string; state: State } {
    const hidden = this.alsoSecret;
    const { id, state, secrets } = this.#create(type, name, plainRecord(inputs));
    const isSecret = (k: string) => secrets.includes(k) || hidden.includes(k) || containsSecret(inputs[k]);
    return {
      id,
      state: Object.fromEntries(
        Object.entries(state).map(([k, v]) => [k, isSecret(k) ? pulumi.secret(v) : v]),
      ),
    };
  }

  #create(
    type: string,
    name: string,
    given: State,
  ): { id: string; state: State; secrets: readonly string[] } {
    if (type.startsWith("aws:")) return this.#awsResource(type, name, given);
    const id = `${name}-id`;
    if (type === "command:remote:Command")
      return { id, state: { ...given, stdout: this.ssh(name, given), stderr: "" }, secrets: [] };
    if (type === "tls:index/privateKey:PrivateKey")
      return { id, state: { ...given, ...key(name) }, secrets: ["privateKeyOpenssh", "privateKeyPem"] };
    return { id, state: given, secrets: [] };
  }

  #awsResource(type: string, name: string, given: State) {
    const { inputs, failures } = this.aws.check(type, name, {}, given);
    if (failures.length > 0)
      throw new Error(`${type} ${name}: ${failures.map((f) => `${f.property}: ${f.reason}`).join("; ")}`);
    const { id, outputs } = this.aws.create(type, inputs);
    return { id, state: { ...outputs }, secrets: this.aws.secrets(type) };
  }

  call({ token, inputs }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
    if (token === "pulumi:pulumi:readStackResourceOutputs") return { outputs: this.ownState };
    try {
      return this.aws.invoke(token, plainRecord(inputs));
    } catch (error) {
      // As gRPC does: Pulumi's SDK shows the program these, and not the message.
      throw Object.assign(new Error(), { details: error instanceof Error ? error.message : String(error) });
    }
  }
}

type Answer = (error: Error | null, response?: RegisterResourceResponse) => void;

/** Members of Pulumi's mock monitor that its typings omit as internal. */
interface Monitor {
  registerResource(request: RegisterResourceRequest, answer: Answer): unknown;
}
const internal = settings as unknown as { waitForRPCs(): Promise<void>; getMonitor(): Monitor };

const record = (request: RegisterResourceRequest, response: RegisterResourceResponse): Registered => {
  const object = request.getObject()?.toJavaScript() ?? {};
  const timeouts = request.getCustomtimeouts();
  return {
    type: request.getType(),
    name: request.getName(),
    urn: response.getUrn(),
    inputs: plainRecord(object),
    state: plainRecord(response.getObject()?.toJavaScript() ?? {}),
    id: response.getId(),
    custom: request.getCustom(),
    parent: request.getParent(),
    dependencies: request.getDependenciesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    retainOnDelete: request.getRetainondelete() ?? false,
    protect: request.getProtect() ?? false,
    deletedWith: request.getDeletedwith(),
    aliases: request.getAliasesList().flatMap((alias) => alias.getSpec()?.getName() || []),
    customTimeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
    secretInputs: Object.keys(object).filter((key) => containsSecret(object[key])),
  };
};

/** Makes Pulumi's own mock monitor report how each resource was registered. */
const listen = (world: World, told: (one: Registered) => void, refused: (error: Error) => void): void => {
  const monitor = internal.getMonitor();
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) => {
    // The mock is called before the first await, so this belongs to the registration under way.
    world.alsoSecret = request.getAdditionalsecretoutputsList();
    return register(request, (error, response) => {
      if (error) refused(error);
      else if (response) told(record(request, response));
      answer(error, response);
    });
  };
};

/** Puts the simulated AWS behind Pulumi for this process. Once per test, before the program. */
export const withAws = async (options: MockOptions = {}): Promise<MockedAws> => {
  const { region = "us-east-1", project = "hybrid", stack = "test", config = {} } = options;
  const aws = new Aws({ region, account: "123456789012", seed: options.seed ?? "test" });
  options.prepare?.(aws);
  const world = new World(aws, options.ssh ?? emptyResult, options.ownState ?? {});
  const refused = Promise.withResolvers<never>();
  // A test that never asks for the registered resources must not get an unhandled rejection either.
  refused.promise.catch(() => undefined);
  await pulumi.runtime.setMocks(world, project, stack, options.preview ?? false, "organization");
  const resources: Registered[] = [];
  listen(world, (one) => resources.push(one), refused.reject);
  pulumi.runtime.setAllConfig({ "aws:region": region, ...config });
  return {
    aws,
    resources,
    registered: async () => {
      await Promise.race([internal.waitForRPCs(), refused.promise]);
      return resources;
    },
    answer: (ssh) => {
      world.ssh = ssh;
    },
  };
};

/** Returns the value of an output. */
export const valueOfOutput = <T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> =>
  new Promise((resolve, reject) => {
    // promise() also rejects, where an apply would leave a rejection unhandled.
    (output as pulumi.Output<T> & { promise(): Promise<pulumi.Unwrap<T>> }).promise().then(resolve, reject);
  });

/** Rejections show only after the promises that wait for them have run, some turns of the event loop later. */
const settled = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/**
 * Returns the first error of a program that must fail: thrown at once, refused by the simulated AWS, or thrown inside
 * an Output. Only in `test.serial`: unhandled rejections count as its own while it runs.
 */
export const failureOf = async (mocked: MockedAws, program: () => unknown): Promise<Error> => {
  const before = process.listeners("unhandledRejection");
  const stray = Promise.withResolvers<never>();
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error) => stray.reject(error));
  try {
    await program();
    await Promise.race([mocked.registered(), stray.promise]);
    await Promise.race([settled(), stray.promise]);
  } catch (error) {
    await settled();
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of before) process.on("unhandledRejection", listener);
  }
  throw new Error("the program did not fail");
};
