import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { CommandError, run, succeeds } from "../../../lab/world/run.ts";

test("run returns stdout, feeds stdin, and passes whole lines on as they arrive", async (t) => {
  const lines: string[] = [];
  const script = "cat; printf 'in '; sleep 0.1; printf 'two\\n\\nlast'; echo aside >&2";
  const output = await run(["sh", "-c", script], { input: "a\nb\n", onLine: (line) => lines.push(line) });
  t.is(output, "a\nb\nin two\n\nlast");
  t.deepEqual(lines.toSorted(), ["a", "aside", "b", "in two", "last"]);
});

test("run takes a folder and more variables, without npm's commands", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "run-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const log = join(folder, "log");
  const said = await run(["sh", "-c", "pwd; echo $MORE; echo $PATH"], {
    cwd: folder,
    env: { MORE: "more" },
    log,
  });
  const [cwd, more, path = ""] = said.split("\n");
  t.deepEqual([cwd, more], [folder, "more"]);
  t.false(path.includes("node_modules/.bin"));
  t.true(readFileSync(log, "utf8").includes(`${folder}\nmore\n`));
});

test("an error says whether a command failed, is missing, fell silent or took too long", async (t) => {
  const error = await t.throwsAsync(run(["sh", "-c", "echo why >&2; exit 3"]), {
    instanceOf: CommandError,
    message: "`sh -c echo why >&2; exit 3` ended with 3:\n  why",
  });
  t.is(error?.code, 3);
  await t.throwsAsync(run(["no-such-command"]), { message: /ENOENT/ });
  await t.throwsAsync(run(["sh", "-c", "echo on; exec sleep 60"], { silenceSeconds: 0.2 }), {
    message: /was killed: said nothing for 0.2 s:\n {2}on$/,
  });
  await t.throwsAsync(run(["sh", "-c", "while :; do echo on; sleep 0.05; done"], { timeoutSeconds: 0.3 }), {
    message: /was killed: not done after 0.3 s/,
  });
  t.true(await succeeds(["true"]));
  t.false(await succeeds(["false"]));
});

test("a command that keeps printing is not silent", async (t) => {
  const script = "for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done";
  t.is(await run(["sh", "-c", script], { silenceSeconds: 0.4 }), "1\n2\n3\n4\n5\n6\n");
});
