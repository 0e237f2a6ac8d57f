import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";

const root = join(import.meta.dirname, "../..");
const { scripts, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** A project's folder with the file that is loaded first, and a Node that reports another version. */
function project(t: ExecutionContext, version: string) {
  const folder = mkdtempSync(join(tmpdir(), "node-version-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const file of ["package.json", "startup.js", "tools/node-version.cjs"])
    cpSync(join(root, file), join(folder, file));
  const versions = `{ value: { ...process.versions, node: "${version}" } }`;
  writeFileSync(join(folder, "other.cjs"), `Object.defineProperty(process, "versions", ${versions});`);
  writeFileSync(join(folder, "main.ts"), "const said: string = 'started';\nconsole.log(said);\n");
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["-r", "./other.cjs", ...args, "main.ts"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    return { status, said: `${stdout}${stderr}` };
  };
  return { folder, run };
}

const scriptsWay = "--require=./tools/node-version.cjs";
const programsWay = "--import=./startup.js";

test("a Node that is too old says so in one line, before the program and before every script", (t) => {
  const { run } = project(t, "20.20.2");
  const line =
    "Node: 20.20.2: must be 22.18 or newer; install it, or run `npm rebuild node --ignore-scripts=false`, which puts one into node_modules\n";
  for (const way of [scriptsWay, programsWay]) t.deepEqual(run(way), { status: 1, said: line });
});

test("a Node that npm installed is named", (t) => {
  const { folder, run } = project(t, "22.17.9");
  mkdirSync(join(folder, "node_modules/node/bin"), { recursive: true });
  writeFileSync(join(folder, "node_modules/node/bin/node"), "");
  const line =
    "Node: 22.17.9: must be 22.18 or newer; install it, or put node_modules/node/bin first on the PATH\n";
  for (const way of [scriptsWay, programsWay]) t.deepEqual(run(way), { status: 1, said: line });
});

test("the oldest supported version, and newer ones, go on", (t) => {
  t.is(engines.node, ">=22.18");
  for (const version of ["22.18.0", "24.0.0"]) {
    const { run } = project(t, version);
    for (const way of [scriptsWay, programsWay]) t.deepEqual(run(way), { status: 0, said: "started\n" });
  }
});

test("no script starts node without it", (t) => {
  const started = Object.entries<string>(scripts).filter(([, command]) => command.startsWith("node "));
  t.true(started.length >= 8);
  for (const [name, command] of started) t.true(command.startsWith(`node ${scriptsWay} `), name);
});
