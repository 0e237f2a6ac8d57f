/**
 * The simulated AWS: an account and a Region in one plain class, without I/O. It is NOT Amazon's: it keeps what was
 * asked of it, refuses what AWS refuses in AWS's words, and generates what AWS generates. The lab's daemon
 * (`main.ts`) puts it behind sockets; the unit tests use it through Pulumi's mocks.
 */
import type { Account, Properties, Resource } from "./account.ts";
import { planIn, withPlan } from "./bridge.ts";
import { type Diff, diff } from "./diff.ts";
import { AwsError, guessed, HalfMade } from "./errors.ts";
import { type Ids, ids } from "./ids.ts";
import type { CheckFailure, Kind } from "./kind.ts";
import { emptyRuntime, type Runtime } from "./runtime.ts";
import { dataSources, kinds } from "./services.ts";
import { containsUnknown, mentions, plainRecord } from "./values.ts";

export interface AwsOptions {
  /** For example us-east-1. */
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  readonly clock?: () => Date;
  /** Makes every generated identifier and secret the same each time. */
  readonly seed?: string;
}

/** What the state file holds. */
export interface AwsState {
  readonly version: 1;
  readonly resources: readonly Resource[];
  readonly runtime: Runtime;
}

export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly CheckFailure[];
}

export interface ReadBack {
  readonly id: string;
  readonly outputs: Properties;
  readonly inputs: Properties;
}

/** Returns the beginning of a name that `check` makes up. Throws as Pulumi's bridge does, which cuts nothing off. */
function nameFor(type: string, name: string, maxLength: number): string {
  const begin = `${name}-`;
  if (begin.length + 7 > maxLength)
    throw new Error(
      `could not make instance of '${type}': name '${begin}' plus 7 random chars is longer than maximum length ${maxLength}`,
    );
  return begin;
}

export class Aws implements Account {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly ids: Ids;
  runtime: Runtime = emptyRuntime();
  readonly #clock: () => Date;
  readonly #resources = new Map<string, Map<string, Resource>>();
  readonly #listeners = new Set<() => void>();

  constructor({ region, account, clock, seed }: AwsOptions) {
    this.region = region;
    const group = /^(cn|us-gov)-/.exec(region)?.[1];
    this.partition = group === undefined ? "aws" : `aws-${group}`;
    this.account = account;
    this.#clock = clock ?? (() => new Date());
    this.ids = ids(seed);
  }

  now(): Date {
    return this.#clock();
  }

  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  resource(type: string, key: string): Resource | undefined {
    return this.#resources.get(type)?.get(key);
  }

  resources(type?: string): Resource[] {
    if (type !== undefined) return [...(this.#resources.get(type)?.values() ?? [])];
    return [...this.#resources.values()].flatMap((all) => [...all.values()]);
  }

  holders(id: string): Resource[] {
    return this.resources().filter(
      (r) => r.id !== id && kinds.get(r.type)?.holds.some((input) => mentions(r.inputs[input], id)),
    );
  }

  addressesInUse(subnetId: string, except?: string): Set<string> {
    const others = this.resources().filter((r) => r.id !== except);
    const all = others.flatMap((r) => kinds.get(r.type)?.interfaces(r) ?? []);
    return new Set(all.filter((i) => i.subnetId === subnetId).map((i) => i.address));
  }

  /** Gives the resource a name if it has none, and checks what can be checked before AWS is called. */
  check(type: string, name: string, olds: Properties, news: Properties): Checked {
    const kind = this.#kind(type);
    const inputs = { ...news };
    const auto = kind.autoName;
    if (auto && inputs[auto.property] === undefined && inputs.namePrefix === undefined) {
      inputs[auto.property] =
        olds[auto.property] ?? `${nameFor(type, name, auto.maxLength)}${this.ids.hex(7)}`;
    }
    const unknown = Object.keys(inputs).filter((key) => containsUnknown(inputs[key]));
    const known = Object.fromEntries(Object.entries(inputs).filter(([key]) => !unknown.includes(key)));
    return { inputs, failures: kind.check(known, unknown) };
  }

  /**
   * Returns what an update from the current state to `news` would do. Falls back to `olds` if the account has no such
   * resource.
   */
  diff(type: string, id: string, olds: Properties, news: Properties): Diff {
    const kind = this.#kind(type);
    return diff(kind, this.#plan(kind, olds) ?? this.#believed(kind, id, olds), olds, news);
  }

  /** Creates a resource. Throws `HalfMade` if the provider would leave it unfinished. */
  create(type: string, inputs: Properties): { id: string; outputs: Properties } {
    const kind = this.#kind(type);
    const { resource, id } = this.#during(kind.operation("create"), () => {
      const parsed = kind.parse(inputs);
      const { id, key = id, outputs = {} } = kind.create(this, parsed);
      return { id, resource: { type, id, key, inputs: { ...kind.readsBack, ...parsed }, outputs } };
    });
    const refused = this.#refusalAfterCreate(kind, resource);
    const absent = Object.fromEntries(
      (refused && kind.afterCreate ? kind.afterCreate.inputs : []).map((key) => [key, undefined]),
    );
    const made = { ...resource, inputs: { ...resource.inputs, ...absent } };
    this.#put(made);
    this.changed();
    const result = { id, outputs: this.#outputs(kind, made) };
    if (refused) throw new HalfMade(refused, result);
    return result;
  }

  #refusalAfterCreate({ afterCreate }: Kind, { inputs }: Resource): AwsError | undefined {
    try {
      if (afterCreate) this.#during(afterCreate.operation, () => afterCreate.check(this, inputs));
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
  }

  update(type: string, id: string, olds: Properties, news: Properties): Properties {
    const kind = this.#kind(type);
    return this.#during(kind.operation("update"), () => {
      const resource = this.#find(kind, id, olds);
      if (!resource)
        throw new AwsError("ResourceNotFoundException", `${type} ${id} does not exist`, guessed, 404);
      const plan = this.#plan(kind, olds);
      const parsed = kind.parse(news);
      const changed = kind.properties.filter((key) => !plan || !kind.same(key, plan, parsed));
      if (changed.length === 0) return olds;
      // Of what failed before, the provider sends again only what has changed since.
      const inputs = { ...resource.inputs, ...Object.fromEntries(changed.map((key) => [key, parsed[key]])) };
      const outputs = kind.update(this, resource, inputs) ?? resource.outputs;
      const updated = { ...resource, inputs, outputs };
      this.#put(updated);
      this.changed();
      return this.#outputs(kind, updated);
    });
  }

  /** Deletes a resource. One that no longer exists counts as deleted, as with the real provider. */
  delete(type: string, id: string, olds: Properties = {}): void {
    const kind = this.#kind(type);
    const resource = this.#find(kind, id, olds);
    if (!resource) return;
    this.#during(kind.operation("delete"), () => {
      kind.delete(this, resource);
      this.#resources.get(type)?.delete(resource.key);
      this.changed();
    });
  }

  read(type: string, id: string, olds: Properties = {}): ReadBack | undefined {
    const kind = this.#kind(type);
    const resource = this.#find(kind, id, olds);
    const outputs = resource && this.#outputs(kind, resource);
    return outputs && { id, outputs, inputs: { ...resource.inputs, ...kind.drifted(this, resource) } };
  }

  invoke(token: string, args: Properties): Properties {
    const source = dataSources.get(token);
    if (!source) throw new Error(`the simulated AWS does not know the function ${token}`);
    return source.invoke(this, args);
  }

  /** Returns the outputs that Pulumi's SDK always marks as secret. */
  secrets(type: string): readonly string[] {
    return this.#kind(type).secrets;
  }

  toJSON(): AwsState {
    return { version: 1, resources: this.resources(), runtime: this.runtime };
  }

  /** Restores the state that `toJSON` returned. */
  restore(state: AwsState): void {
    this.#resources.clear();
    for (const resource of state.resources) this.#put(resource);
    this.runtime = { ...emptyRuntime(), ...state.runtime };
  }

  #put(resource: Resource): void {
    const all = this.#resources.get(resource.type) ?? new Map<string, Resource>();
    all.set(resource.key, resource);
    this.#resources.set(resource.type, all);
  }

  #outputs(kind: Kind, resource: Resource): Properties {
    const { tags } = resource.inputs;
    return plainRecord({
      ...resource.inputs,
      ...(kind.properties.includes("tags") ? { tagsAll: tags ?? {} } : {}),
      ...(kind.properties.includes("region") ? { region: this.region } : {}),
      ...resource.outputs,
      ...kind.drifted(this, resource),
      ...kind.read(this, resource),
    });
  }

  /** Returns the outputs that the bridge keeps after a failed update, or undefined if it keeps the former ones. */
  afterFailure(type: string, id: string, olds: Properties, news: Properties): Properties | undefined {
    const kind = this.#kind(type);
    const resource = this.#find(kind, id, olds);
    return resource && !kind.isFramework
      ? withPlan({ ...olds, ...resource.outputs }, kind.parse(news))
      : undefined;
  }

  /** Returns the inputs that a failed create or update left in the state, with the schema's defaults. */
  #plan(kind: Kind, olds: Properties): Properties | undefined {
    const plan = planIn(olds);
    return plan && kind.parse(plan);
  }

  /** Returns a resource's inputs as the provider last saw them. */
  #believed(kind: Kind, id: string, olds: Properties): Properties | undefined {
    const resource = this.#find(kind, id, olds);
    if (!resource) return undefined;
    const drifted = Object.keys(kind.drifted(this, resource)).filter((key) => key in olds);
    return { ...resource.inputs, ...Object.fromEntries(drifted.map((key) => [key, olds[key]])) };
  }

  #find(kind: Kind, id: string, olds: Properties): Resource | undefined {
    const key = kind.key === undefined ? id : olds[kind.key];
    if (typeof key === "string") return this.resource(kind.type, key);
    return this.resources(kind.type).findLast((r) => r.id === id);
  }

  #kind(type: string): Kind {
    const kind = kinds.get(type);
    if (!kind) throw new Error(`the simulated AWS does not know the resource type ${type}`);
    return kind;
  }

  #during<T>(operation: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw error instanceof AwsError ? error.during(operation, this.ids.uuid()) : error;
    }
  }
}
