import { failureOf, type MockedAws, type MockOptions, type Registered, withAws } from "../support/mocks.ts";

/** The resources that were built, once all of them exist in the simulated AWS. */
export interface Built<T> {
  readonly component: T;
  readonly aws: MockedAws["aws"];
  /** All children that are not components. */
  readonly children: readonly Registered[];
  /** `Type name` of every child, in alphabetical order. */
  readonly names: readonly string[];
  /** Returns the one child with this type (its last part) and name. */
  child(type: string, name: string): Registered;
  /** Returns a child's JSON input, such as a policy. */
  json(type: string, name: string, input: string): unknown;
}

/** Runs `build` as the program of a stack `test` of project `hybrid` against a fresh simulated AWS. */
export async function built<T>(build: () => T, options: MockOptions = {}): Promise<Built<T>> {
  const mocked = await withAws({ project: "hybrid", stack: "test", ...options });
  const component = build();
  const children = (await mocked.registered()).filter(({ custom }) => custom);
  const child = (type: string, name: string) => {
    const found = children.filter((r) => lastPart(r.type) === type && r.name === name);
    const [only] = found;
    if (!only || found.length > 1) throw new Error(`${found.length} children are ${type} ${name}`);
    return only;
  };
  return {
    component,
    aws: mocked.aws,
    children,
    names: children.map(({ type, name }) => `${lastPart(type)} ${name}`).sort(),
    child,
    json: (type, name, input) => JSON.parse(String(child(type, name).inputs[input])),
  };
}

const lastPart = (type: string) => type.slice(type.lastIndexOf(":") + 1);

/** The tags of every resource of these stacks. */
export const tagged = (name: string) => ({ Name: name, "hybrid:project": "hybrid", "hybrid:stack": "test" });

/** Returns the message with which the stack of `build` fails. */
export async function failure(build: () => unknown, options: MockOptions = {}): Promise<string> {
  const mocked = await withAws({ project: "hybrid", stack: "test", ...options });
  return (await failureOf(mocked, build)).message;
}

/** For assertions on types: `const no: Assignable<A, B> = false` compiles only if A is not assignable to B. */
export type Assignable<A, B> = A extends B ? true : false;
