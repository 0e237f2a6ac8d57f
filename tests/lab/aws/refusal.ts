import test from "ava";
import { Account } from "./account.ts";

/** Returns code and sentence as AWS's SDK words them, with `ID` for generated ones. */
export const messageOf = (error: unknown): string =>
  (error as Error).message
    .replace(/^operation error [^,]+, https response error StatusCode: \d+, RequestID: [0-9a-f-]{36}, /, "")
    .replaceAll(/\b(vpc|vgw|vpn|vpce|subnet|sg|rslvr-in|rslvr-out|rslvr-rr)-[0-9a-f]{17}\b/g, "$1-ID");

/** What is asked, and what AWS (or the provider, before it asks) answers. */
export type Case = [title: string, act: (a: Account) => unknown, expected: string];

/** A test for each: refused with exactly these words. */
export function refuses(cases: readonly Case[]): void {
  for (const [title, act, expected] of cases)
    test(`refused: ${title}`, (t) => {
      t.is(messageOf(t.throws(() => act(new Account()))), expected);
    });
}

/** Something in use, that AWS does not delete. `build` makes it and returns how it would be deleted. */
export function held(title: string, build: (a: Account) => () => void, expected: RegExp): void {
  test(`not deleted: ${title}`, (t) => {
    const drop = build(new Account());
    t.regex(messageOf(t.throws(drop)), expected);
  });
}
