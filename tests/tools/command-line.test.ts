import { execFile } from "node:child_process";
import { join } from "node:path";
import test from "ava";

const root = new URL("../../", import.meta.url).pathname;

function run(tool: string, ...words: readonly string[]) {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((done) => {
    const child = execFile(
      process.execPath,
      [...process.execArgv, join(root, `tools/${tool}/main.ts`), ...words],
      { cwd: root },
      (_, stdout, stderr) => done({ status: child.exitCode, stdout, stderr }),
    );
  });
}

for (const tool of ["cost", "hostkeys", "preflight"]) {
  test(`${tool}: --help succeeds; no stack, two stacks and an unknown option fail`, async (t) => {
    const help = await run(tool, "--help");
    t.like(help, { status: 0, stderr: "" });
    t.true(help.stdout.startsWith(`npm run ${tool} -- STACK`), help.stdout);
    for (const words of [[], ["home", "dev"]])
      t.like(await run(tool, ...words), { status: 2, stdout: "", stderr: help.stdout });
    const option = await run(tool, "home", "--agian");
    t.like(option, { status: 2, stdout: "" });
    t.regex(option.stderr, /^Unknown option '--agian'/);
  });
}
