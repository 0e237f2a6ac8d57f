import test from "ava";
import { Account } from "./account.ts";

/** Returns code and sentence as AWS's SDK words them, with `ID` for generated ones. */
export const messageOf = (error: unknown): string =>
  (error as Error).message
    .replace(/^operation error [^,]+, https response error StatusCode: \d+, RequestID: [0-9a-f-]{36}, /, "")
    .replaceAll(/\b(vpc|vgw|vpn|vpce|subnet|sg|rslvr-in|rslvr-out|rslvr-rr)-[0-9a-f]{17}\b/g, "$1-ID");

/** A request, and the answer of AWS or of the provider's own check. */
export type Case = [title: string, act: (a: Account) => unknown, expected: string];

/** Declares a test for each: the refusal has exactly these words. */
export function refuses(cases: readonly Case[]): void {
  for (const [title, act, expected] of cases)
    test(`refused: ${title}`, (t) => {
      t.is(messageOf(t.throws(() => act(new Account()))), expected);
    });
}

/** Declares a test that AWS does not delete a resource in use. `build` makes it and returns how it would be deleted. */
export function held(title: string, build: (a: Account) => () => void, expected: RegExp): void {
  test(`not deleted: ${title}`, (t) => {
    const drop = build(new Account());
    t.regex(messageOf(t.throws(drop)), expected);
  });
}
