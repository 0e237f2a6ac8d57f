/** The simulated account as its services see it: narrow interfaces, which `aws.ts` implements. */
import type { Ids } from "./ids.ts";
import type { Runtime } from "./runtime.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource that exists in the simulated account. Plain JSON: it is what the state file holds. */
export interface Resource<I = Properties> {
  readonly type: string;
  /** Pulumi's id. */
  readonly id: string;
  /** The account's key for the resource: the id, unless Pulumi's id is not unique. */
  readonly key: string;
  /** Validated, with the defaults of the Pulumi schema filled in. */
  readonly inputs: I;
  /** What AWS and the provider compute on top of the inputs. */
  readonly outputs: Properties;
}

/** An elastic network interface that AWS makes for a resource. */
export interface NetworkInterface {
  readonly subnetId: string;
  readonly address: string;
}

/** The account, and how AWS names its resources. */
export interface Arns {
  /** For example us-east-1. */
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  /** By the Region: `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  arn(service: string, resource: string): string;
}

export interface Clock {
  now(): Date;
}

/** The resources of the account. */
export interface Store {
  /** Returns a resource by its key: the id, unless Pulumi's id is not unique. */
  resource(type: string, key: string): Resource | undefined;
  resources(type?: string): Resource[];
  /** Returns the resources that hold this one: AWS does not delete it while one of them exists. */
  holders(id: string): Resource[];
  /** Returns the private addresses of a subnet's network interfaces, except those of the resource `except`. */
  addressesInUse(subnetId: string, except?: string): Set<string>;
}

/** What is not a Pulumi resource: container instances, tasks, managed instances, logs, metrics. */
export interface Live {
  runtime: Runtime;
  /** To be called after a change of `runtime`. */
  changed(): void;
  /** Calls `listener` after every change to what the account holds. Returns a function that stops that. */
  onChange(listener: () => void): () => void;
}

export interface Account extends Arns, Clock, Store, Live {
  readonly ids: Ids;
}
