/** The shell files below pi/, each at its own lines. What they are joined into is checked by each step's own test. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { isGoodShell } from "../support/shellcheck.ts";

const pi = join(import.meta.dirname, "../../pi");
const read = (path: string) => readFileSync(join(pi, path), "utf8");

/** As an editor has it for these files. */
const exclude = /^disable=(.*)$/m.exec(read(".shellcheckrc"))?.[1]?.split(",") ?? [];

for (const path of globSync("**/*.sh", { cwd: pi }).sort())
  test(`${path} passes shellcheck, and dash reads it`, (t) => isGoodShell(t, read(path), exclude));

// why: undo of a package's folder ended with "ROOT: parameter not set or null" on every host, and in no scratch root.
test("no shell file needs ROOT to be a folder: on a host it is empty", (t) => {
  const files = globSync("**/*.sh", { cwd: pi });
  t.deepEqual(
    files.filter((path) => /\$\{ROOT:?\?/.test(read(path))),
    [],
  );
});
