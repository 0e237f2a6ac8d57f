import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { paths } from "../../../lab/world/paths.ts";
import { alive, identityOf, stop } from "../../../lab/world/process.ts";

const name = `test-${process.pid}`;

test.serial("a process is recognized by its record, but not by a record without its identity", async (t) => {
  mkdirSync(paths.run, { recursive: true });
  const record = join(paths.run, `${name}.pid`);
  t.teardown(() => rmSync(record, { force: true }));
  t.is(alive(name), undefined);
  writeFileSync(record, `${process.pid} ${identityOf(process.pid)}\n`);
  t.is(alive(name), process.pid);
  // No process has this pid, so a record with only the pid belongs to no process, and there is nothing to end.
  writeFileSync(record, "4194304");
  t.is(alive(name), undefined);
  await t.notThrowsAsync(stop(name));
});
