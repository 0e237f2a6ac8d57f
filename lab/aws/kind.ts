/** One AWS resource type in the simulation: its inputs, the changes that replace it, and what AWS does with it. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Account, NetworkInterface, Properties, Resource, Store } from "./account.ts";
import {
  type Made,
  operationsOf,
  type Request,
  type Requests,
  render,
  type Verb,
} from "./requests/request.ts";
import { containsUnknown, sameJson } from "./values.ts";

/** A rule that the provider itself checks before it calls AWS. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface Created {
  readonly id: string;
  readonly key?: string;
  readonly outputs?: Properties;
}

type Key<S extends z.ZodObject> = keyof z.input<S> & string;

export interface KindSpec<S extends z.ZodObject> {
  /** Pulumi type token, for example `aws:ec2/vpc:Vpc`. */
  readonly type: string;
  /** The service and noun of the SDK's operation names: `EC2` and `Vpc` make `EC2: CreateVpc`. */
  readonly api: readonly [service: string, noun: string];
  /** Operation names where they do not follow from the noun. */
  readonly operations?: { readonly create?: string; readonly update?: string; readonly delete?: string };
  readonly inputs: S;
  /** A change of one of these replaces the resource (`ForceNew` in terraform-provider-aws). */
  readonly replaces?: readonly Key<S>[];
  /** Returns changed inputs that replace the resource by what they were and are (`CustomizeDiff` in terraform-provider-aws). */
  alsoReplaces?(before: Properties, after: Properties): readonly Key<S>[];
  /** Returns inputs whose changes the provider does not see, by what the others are (`DiffSuppressFunc`). */
  ignores?(after: Properties): readonly Key<S>[];
  /** Inputs whose order means nothing: sets in terraform-provider-aws. */
  readonly sets?: readonly Key<S>[];
  /** Inputs whose removal the provider takes for no change (`SuppressMissingOptionalConfigurationBlock`). */
  readonly ignoresRemoval?: readonly Key<S>[];
  /** Returns what the provider compares of an input, where that is less than all of it. */
  readonly compares?: { readonly [K in Key<S>]?: (value: unknown) => unknown };
  /**
   * What AWS chooses if the input is absent, and the provider then takes for something that the program asked for
   * (`Optional` but not `Computed` in terraform-provider-aws): its absence is a change at every update.
   */
  readonly readsBack?: Partial<z.output<S>>;
  /**
   * Whether terraform-provider-aws has it in the newer plugin framework. Pulumi's bridge for that keeps the former state
   * after a failed update (pkg/pf/tfbridge/provider_update.go).
   */
  readonly isFramework?: true;
  /** Inputs that Pulumi names after the resource, with 7 random digits, when they are absent. */
  readonly autoName?: { readonly property: Key<S>; readonly maxLength: number };
  /** The output that tells two resources with the same Pulumi id apart. */
  readonly key?: string;
  /** Inputs that hold JSON: compared by meaning. */
  readonly json?: readonly Key<S>[];
  /** Outputs that Pulumi's SDK marks secret. */
  readonly secrets?: readonly string[];
  /** Inputs that name resources which AWS does not delete while this one exists, as a subnet names its VPC. */
  readonly holds?: readonly Key<S>[];
  /** The network interfaces that AWS makes for it. */
  interfaces?(resource: Resource<z.output<S>>): readonly NetworkInterface[];
  /** What the provider sends to AWS for it. */
  readonly requests: Requests<z.output<S>>;
  create(aws: Account, inputs: z.output<S>): Created;
  /** What the provider sends in a call of its own after the create. If AWS refuses it, the resource exists without it. */
  readonly afterCreate?: {
    /** As in `operations`. */
    readonly operation: string;
    readonly inputs: readonly Key<S>[];
    /** Refuses. */
    check(aws: Account, inputs: z.output<S>): void;
  };
  /** Changes in place; returns the outputs. Default: the inputs change, the outputs stay. */
  update?(aws: Account, resource: Resource<z.output<S>>, inputs: z.output<S>): Properties | undefined;
  /** Refuses, or removes what belongs to the resource. */
  delete?(aws: Account, resource: Resource<z.output<S>>): void;
  /** Inputs that AWS itself changes. The provider sees them after a refresh only. */
  drifted?(aws: Account, resource: Resource<z.output<S>>): Partial<z.output<S>>;
  /** Outputs that change without an update, such as a tunnel's state. */
  read?(aws: Account, resource: Resource<z.output<S>>): Properties;
}

export interface Kind<I = Properties> {
  readonly type: string;
  readonly operation: (verb: "create" | "update" | "delete") => string;
  readonly properties: readonly string[];
  readonly replaces: readonly string[];
  /** Returns the changed inputs that replace the resource. */
  replacing(changed: readonly string[], before: Properties, after: Properties): string[];
  /** Whether the provider sees no difference between an input's two values. */
  same(input: string, before: Properties, after: Properties): boolean;
  readonly readsBack: Properties;
  readonly isFramework: boolean;
  readonly autoName: { readonly property: string; readonly maxLength: number } | undefined;
  readonly key: string | undefined;
  readonly secrets: readonly string[];
  readonly holds: readonly string[];
  interfaces(resource: Resource): readonly NetworkInterface[];
  /** Returns the operations of AWS's API that the provider may call, such as `EC2: CreateVpc`. */
  operations(verb: Verb): readonly string[];
  /** Returns what the provider sends. `before`: the inputs before an update. Default: the same inputs. */
  requests(verb: Verb, inputs: Properties, made: Made, before?: Properties): readonly Request[];
  parse(inputs: Properties): Properties;
  /** Returns the rules that the inputs break. Those named in `unknown` have no value yet. */
  check(inputs: Properties, unknown: readonly string[]): CheckFailure[];
  create(aws: Account, inputs: Properties): Created;
  readonly afterCreate:
    | {
        readonly operation: string;
        readonly inputs: readonly string[];
        check(aws: Account, inputs: Properties): void;
      }
    | undefined;
  update(aws: Account, resource: Resource, inputs: Properties): Properties | undefined;
  delete(aws: Account, resource: Resource): void;
  drifted(aws: Account, resource: Resource): Properties;
  read(aws: Account, resource: Resource): Properties;
  get(store: Store, id: string): Resource<I> | undefined;
  all(store: Store): Resource<I>[];
}

/** EC2, KMS and CloudWatch take any text. */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Every resource accepts tags; what AWS refuses, each service with a code of its own, is refused here by the check. AWS's
 * service models have the same limits, but for the prefix that AWS keeps for itself.
 */
export const tags = z
  .record(
    z
      .string()
      .max(128, "a tag's key has at most 128 characters")
      .regex(/^(?!aws:)./i, "a tag's key must not be empty, nor begin with aws:")
      .regex(tagText, "a tag's key has letters, digits, spaces and _ . : / = + - @"),
    z
      .string()
      .max(256, "a tag's value has at most 256 characters")
      .regex(tagText, "a tag's value has letters, digits, spaces and _ . : / = + - @"),
  )
  .refine((all) => Object.keys(all).length <= 50, "a resource has at most 50 tags")
  .optional();
/** Every resource accepts it since version 7. */
export const region = z.string().optional();
export const cidrBlock = z.cidrv4("expected an IPv4 CIDR block such as 10.0.0.0/16");
export const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values);

function failures(issue: z.core.$ZodIssue): CheckFailure[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") {
    const { message } = issue.code === "invalid_key" ? (issue.issues[0] ?? issue) : issue;
    return [{ property: path.join("."), reason: message }];
  }
  const reason = "the simulated AWS does not know this input";
  return issue.keys.map((key) => ({ property: [...path, key].join("."), reason }));
}

function same<S extends z.ZodObject>(
  { json, sets, compares, ignoresRemoval }: KindSpec<S>,
  input: Key<S>,
  before: unknown,
  after: unknown,
): boolean {
  if (after === undefined && ignoresRemoval?.includes(input)) return true;
  if (json?.includes(input)) return sameJson(before, after);
  const seen = compares?.[input] ?? (sets?.includes(input) ? members : (value: unknown) => value);
  return isDeepStrictEqual(seen(before), seen(after));
}

/** Returns the members of a set in one order, without repetitions. */
export const members = (value: unknown): unknown =>
  Array.isArray(value) ? [...new Set(value.map((one) => JSON.stringify(one)))].toSorted() : value;

export function kind<S extends z.ZodObject>(spec: KindSpec<S>): Kind<z.output<S>> {
  // The store holds what parse() returned, so reading it back as the schema's output is sound.
  const own = (r: Resource) => r as Resource<z.output<S>>;
  const parse = (inputs: Properties) => spec.inputs.parse(inputs);
  const [service, noun] = spec.api;
  const usual = { create: "Create", update: "Modify", delete: "Delete" } as const;
  const calls = (verb: Verb) => spec.requests[verb] ?? {};
  return {
    type: spec.type,
    operation: (verb) => `${service}: ${spec.operations?.[verb] ?? usual[verb] + noun}`,
    properties: Object.keys(spec.inputs.shape),
    replaces: spec.replaces ?? [],
    replacing: (changed, before, after) => {
      const replaces: readonly string[] = [
        ...(spec.replaces ?? []),
        // The provider decides by values, which may not be known yet.
        ...(spec.alsoReplaces?.(before, after) ?? []).filter((input) => !containsUnknown(after[input])),
      ];
      return changed.filter((input) => replaces.includes(input));
    },
    same: (input, before, after) =>
      spec.ignores?.(after).some((ignored) => ignored === input) ||
      same(spec, input, before[input], after[input]),
    readsBack: spec.readsBack ?? {},
    isFramework: spec.isFramework ?? false,
    autoName: spec.autoName,
    key: spec.key,
    secrets: spec.secrets ?? [],
    holds: spec.holds ?? [],
    interfaces: (r) => spec.interfaces?.(own(r)) ?? [],
    operations: (verb) => operationsOf(service, calls(verb)),
    requests: (verb, inputs, made, before = inputs) =>
      render(service, calls(verb), parse(inputs), made, parse(before)),
    parse: (inputs) => parse(inputs) as Properties,
    check: (inputs, unknown) => {
      const result = spec.inputs.safeParse(inputs);
      const issues = result.success ? [] : result.error.issues;
      return issues.filter((i) => !unknown.includes(String(i.path[0]))).flatMap(failures);
    },
    create: (aws, inputs) => spec.create(aws, parse(inputs)),
    afterCreate: spec.afterCreate && {
      operation: `${service}: ${spec.afterCreate.operation}`,
      inputs: spec.afterCreate.inputs,
      check: (aws, inputs) => spec.afterCreate?.check(aws, parse(inputs)),
    },
    update: (aws, r, inputs) => spec.update?.(aws, own(r), parse(inputs)),
    delete: (aws, r) => spec.delete?.(aws, own(r)),
    drifted: (aws, r) => ({ ...spec.drifted?.(aws, own(r)) }),
    read: (aws, r) => spec.read?.(aws, own(r)) ?? {},
    get: (store, id) => {
      const found = store.resource(spec.type, id);
      return found && own(found);
    },
    all: (store) => store.resources(spec.type).map(own),
  };
}
