/** What a person sees of steps and checks that fail. */
import test from "ava";
import type { Check } from "../../lab/checks/check.ts";
import { runChecks } from "../../lab/checks/run.ts";
import { inOrder, runSteps } from "../../lab/progress.ts";

/** Returns what is printed meanwhile. */
async function printed(work: () => Promise<unknown>): Promise<string> {
  const lines: unknown[] = [];
  const { log, error } = console;
  console.log = console.error = (line: unknown) => lines.push(line);
  try {
    await work();
  } finally {
    Object.assign(console, { log, error });
  }
  return lines.join("\n");
}

const fail = () => Promise.reject(new Error("the disk is full"));

test.serial(
  "a step that fails: its title, the failure, the log and how to go on; no later step runs",
  async (t) => {
    const after = () => t.fail();
    const error = await t.throwsAsync(
      inOrder([
        { title: "Debian for the hosts", run: fail },
        { title: "A home", run: async () => after() },
      ]),
    );
    t.regex(
      error?.message ?? "",
      /Debian for the hosts: the disk is full\n\nWhat each part said is in \/.*\.lab\/log \(npm run lab -- logs\)\. Run the command again: it continues from what is there\./,
    );
  },
);

test.serial("parallel steps: failures are reported, a skipped step does not run", async (t) => {
  const failures = await runSteps(
    [
      { title: "one", run: fail },
      { title: "two", run: async () => "seen" },
      { title: "three", run: fail, skip: "no room for it" },
    ],
    { concurrent: true },
  );
  t.deepEqual(
    failures.map(({ title, error }) => [title, error.message]),
    [["one", "the disk is full"]],
  );
});

const check = (name: string, more: Partial<Check> = {}): Check => ({
  name,
  title: `It is ${name}`,
  run: async () => "seen",
  ...more,
});

test.serial("checks that fail: what they saw, and the command that runs only these again", async (t) => {
  const rounds = [check("up"), [check("page", { run: fail }), check("redis")], check("many", { nodes: 91 })];
  const said = await printed(async () => t.is(await runChecks(rounds), 1));
  t.regex(said, /✘ It is page \[page\]\nthe disk is full/);
  t.regex(said, /checks: 2 passed, 1 failed, 1 skipped/);
  t.regex(said, /What each part said is in .*When something fails.* Again: npm run lab -- check page$/);
});

test.serial("checks that pass: only their number", async (t) => {
  t.is(await printed(() => runChecks([check("up")])), "\nchecks: 1 passed, 0 failed");
});
