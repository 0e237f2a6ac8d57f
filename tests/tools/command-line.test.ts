import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";

const root = new URL("../../", import.meta.url).pathname;

const run = (tool: string, ...words: readonly string[]) => runFile(`tools/${tool}`, root, ...words);

function runFile(folder: string, cwd: string, ...words: readonly string[]) {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((done) => {
    const child = execFile(
      process.execPath,
      [...process.execArgv, join(root, folder, "main.ts"), ...words],
      { cwd },
      (_, stdout, stderr) => done({ status: child.exitCode, stdout, stderr }),
    );
  });
}

for (const tool of ["cost", "hostkeys", "permissions", "preflight", "quotas"]) {
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

for (const tool of ["cost", "permissions", "quotas"]) {
  test(`${tool}: an invalid stack file fails with its problems alone`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "command-line-"));
    t.teardown(() => rm(folder, { recursive: true }));
    await copyFile(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    const home = await readFile(join(root, "Pulumi.home.yaml"), "utf8");
    await writeFile(join(folder, "Pulumi.home.yaml"), home.replace(/gateway: pi-gateway/, "gateway: pi-9"));
    const { status, stdout, stderr } = await runFile(`tools/${tool}`, folder, "home");
    t.deepEqual({ status, stdout }, { status: 2, stdout: "" });
    t.regex(stderr, /^site\.gateway: pi-9: must be a key of `hosts`; choose one of [^\n]*\n$/);
  });
}

test("changes: --help succeeds; an unknown field, option and seed fail", async (t) => {
  const changes = (...words: readonly string[]) => runFile("lab/changes", root, ...words);
  const help = await changes("--help");
  t.like(help, { status: 0, stderr: "" });
  t.true(help.stdout.startsWith("npm run changes [-- FIELD…] [--seed N]\n"), help.stdout);
  t.deepEqual(await changes("hosts.NAME.adress", "--seed", "x"), {
    status: 2,
    stdout: "",
    stderr:
      "FIELD: hosts.NAME.adress: must be a field of docs/reference.md, such as hosts.NAME.address; correct it\n" +
      "--seed: x: must be a whole number; choose one, or run it without --seed\n",
  });
  const option = await changes("--sead", "1");
  t.like(option, { status: 2, stdout: "" });
  t.regex(option.stderr, /^Unknown option '--sead'/);
});
