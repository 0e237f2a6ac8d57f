import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { cached, stampIn } from "../../../lab/world/cached.ts";

const scratch = (t: { teardown: (end: () => void) => void }) => {
  const dir = mkdtempSync(join(tmpdir(), "lab-cached-"));
  t.teardown(() => rmSync(dir, { recursive: true }));
  return join(dir, "thing");
};
const build = (content: string) => async (dir: string) => {
  mkdirSync(dir);
  writeFileSync(join(dir, "content"), content);
};
const content = (dir: string) => readFileSync(join(dir, "content"), "utf8");

test("a folder is built once per definition", async (t) => {
  const dir = scratch(t);
  t.true(await cached(dir, { a: 1 }, build("one")));
  t.false(await cached(dir, { a: 1 }, build("never")));
  t.is(content(dir), "one");
  t.true(await cached(dir, { a: 2 }, build("two")));
  t.is(content(dir), "two");
});

test("a build that fails leaves nothing that looks complete, and the next one starts over", async (t) => {
  const dir = scratch(t);
  await cached(dir, 1, build("one"));
  const failing = async (to: string) => {
    await build("half")(to);
    throw new Error("killed");
  };
  await t.throwsAsync(cached(dir, 2, failing), { message: "killed" });
  t.is(stampIn(dir), undefined);
  t.true(await cached(dir, 1, build("again")));
  t.is(content(dir), "again");
  t.false(existsSync(`${dir}.new`));
});
