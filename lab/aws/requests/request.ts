/**
 * What the provider sends to AWS for a resource, as plain data. The simulated AWS does not need it: AWS's own service
 * models judge it (lab/models), and a list of IAM actions can be checked against the operations.
 */
import type { Properties } from "../account.ts";

/** A resource that exists: the requests after the first one name its id. */
export interface Made {
  readonly id: string;
  readonly outputs: Properties;
}

/** The members of a request, by the names of AWS's model. Those that are undefined are not sent. */
export type Members = Readonly<Record<string, unknown>>;

/** Returns one request or several of an operation; undefined if the inputs need none. */
type Render<I> = (inputs: I, made: Made, before: I) => Members | readonly Members[] | undefined;

/**
 * The requests by operation, in the provider's order. `CreateVpc` is one of the kind's own service, `EC2:
 * DescribeNetworkInterfaces` one of another service.
 */
export type Calls<I> = Readonly<Record<string, Render<I>>>;

/** The requests of one kind, as terraform-provider-aws makes them. */
export interface Requests<I> {
  readonly create: Calls<I>;
  readonly read: Calls<I>;
  /**
   * As if every input had changed that changes in place. `before` are the inputs before the update, for requests that
   * say what to add and what to remove.
   */
  readonly update?: Calls<I>;
  readonly delete: Calls<I>;
}

export const verbs = ["create", "read", "update", "delete"] as const;
export type Verb = (typeof verbs)[number];

/** One request: `service` is the SDK's name, for example `Elastic Load Balancing v2`. */
export interface Request {
  readonly service: string;
  readonly operation: string;
  readonly input: Members;
}

/** Splits `EC2: CreateVpc`; without a service in it, the name is an operation of `own`. */
function named(own: string, name: string): { service: string; operation: string } {
  const [service, operation] = name.split(": ");
  return operation === undefined ? { service: own, operation: name } : { service: service ?? own, operation };
}

/** Returns `calls` for a resource as requests. */
export function render<I>(own: string, calls: Calls<I>, inputs: I, made: Made, before: I): Request[] {
  return Object.entries(calls).flatMap(([name, of]) => {
    const members = of(inputs, made, before);
    const all: readonly Members[] = members === undefined ? [] : [members].flat();
    return all.map((input) => ({ ...named(own, name), input }));
  });
}

/** Returns the operations of `calls` with their service: `EC2: CreateVpc`. */
export const operationsOf = <I>(own: string, calls: Calls<I>): string[] =>
  Object.keys(calls).map((name) => {
    const { service, operation } = named(own, name);
    return `${service}: ${operation}`;
  });
