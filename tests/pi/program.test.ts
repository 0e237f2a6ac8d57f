import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { hostProgram, installText, programFile, stepText, uploadPath } from "../../pi/program.ts";
import type { Step } from "../../pi/step.ts";
import { type Run, ScratchRoot } from "../support/scratch-root.ts";
import { isGoodShell } from "../support/shellcheck.ts";

const own = "/usr/local/lib/ecs-anywhere-hybrid/program";
const second = "/var/lib/ecs-anywhere-hybrid/program";
const upload = `/home/pi/${uploadPath}`;
const step: Step = {
  name: "made",
  files: [{ path: "/etc/made", mode: "644", content: "it's\nmade\n" }],
  verify: ":",
};

/** A host whose user is root, with the program uploaded. */
function host(t: ExecutionContext): ScratchRoot {
  const at = new ScratchRoot();
  t.teardown(() => at.remove());
  at.fake("getent", '[ "$2" = pi ] && echo "pi:x:1000:1000:,,,:/home/pi:/bin/bash"');
  at.write(upload, hostProgram());
  at.fake("sudo", `[ "$1" = -n ] && shift; exec "$@"`);
  fs.mkdirSync(at.path("/usr/local/lib"), { recursive: true });
  return at;
}

/** Runs a text as the host's user runs it over SSH. */
async function send(at: ScratchRoot, text: string, action = "converge"): Promise<Run> {
  const child = spawn("dash", ["-s", "--", action], {
    env: { ...at.environment, HOME: join(at.root, "home/pi") },
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  child.stdin.end(text);
  const [status] = (await once(child, "close")) as [number];
  const line = said.stdout.split("\n")[0];
  return { status, ...said, result: line ? JSON.parse(line) : undefined };
}

const { sha256 } = programFile();
const install = (at: ScratchRoot, sum = sha256) => installText({ sha256: sum, user: "pi", root: at.root });
const text = (at: ScratchRoot, it = step) => stepText(it, { root: at.root });

/** Fails with the host's output unless the text was carried out. */
async function succeed(t: ExecutionContext, at: ScratchRoot, text: string, action?: string) {
  const run = await send(at, text, action);
  t.is(run.status, 0, run.stderr);
  return run.result;
}

test("the program and what it is sent pass shellcheck and dash -n", (t) => {
  t.is(spawnSync("dash", ["-n"], { input: hostProgram(), encoding: "utf8" }).stderr, "");
  isGoodShell(t, stepText(step), ["SC1007", "SC1090", "SC2016", "SC2024", "SC2034"]);
  isGoodShell(t, installText({ sha256, user: "pi" }), ["SC2016"]);
});

test("root keeps two copies that only root can write; a step is carried out by them, and undone; then nothing is left", async (t) => {
  const at = host(t);
  at.unfake("sync");
  const before = at.snapshot();
  t.deepEqual((await succeed(t, at, install(at)))?.changed, [own]);
  t.deepEqual((await succeed(t, at, install(at)))?.changed, []);
  t.is(at.read(own), hostProgram());
  t.is(at.read(second), hostProgram());
  t.deepEqual(
    [own, second].map((path) => at.mode(path)),
    [0o644, 0o644],
  );
  t.is(at.mode("/var/lib/ecs-anywhere-hybrid"), 0o700);
  t.deepEqual(await succeed(t, at, text(at)), { step: "made", changed: ["/etc/made"], facts: {} });
  t.is(at.read("/etc/made"), "it's\nmade\n");
  t.deepEqual((await succeed(t, at, text(at)))?.changed, []);
  t.deepEqual((await succeed(t, at, text(at), "undo"))?.changed, ["/etc/made"]);
  await succeed(t, at, install(at), "undo");
  const { [upload]: _, ...left } = before;
  t.deepEqual(at.snapshot(), left);
});

for (const [what, lost] of Object.entries({
  "root's own copy": [own],
  "root's second copy": [second],
  "the state folder": ["/var/lib/ecs-anywhere-hybrid"],
  "the uploaded file and root's own copy": [upload, "/usr/local/lib/ecs-anywhere-hybrid"],
  "both copies of root": [own, second],
}))
  test(`a host that lost ${what} gets it again with the next step, and undoes it`, async (t) => {
    for (const action of ["converge", "undo"]) {
      const at = host(t);
      await succeed(t, at, install(at));
      await succeed(t, at, text(at));
      for (const path of lost) fs.rmSync(at.path(path), { recursive: true });
      await succeed(t, at, text(at), action);
      t.deepEqual([at.read(own), at.read(second)], [hostProgram(), hostProgram()]);
      t.is(at.exists("/etc/made"), action === "converge" || lost.includes("/var/lib/ecs-anywhere-hybrid"));
    }
  });

test("a host that lost everything has nothing to undo, and names the remedy for the missing program", async (t) => {
  const at = host(t);
  fs.rmSync(at.path(upload));
  await succeed(t, at, text(at), "undo");
  const { status, stdout, stderr } = await send(at, text(at));
  t.deepEqual([status, stdout], [1, ""]);
  t.regex(stderr, /^made: .*\.ecs-anywhere-hybrid: must be on the host; raise site.converge by one$/m);
  at.write("/var/lib/ecs-anywhere-hybrid/made/manifest", "");
  t.is((await send(at, text(at), "undo")).status, 1);
  t.false(at.exists(upload));
});

test("an upload that is not what was sent is refused, and never run by root", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  const other = await send(at, install(at, "0".repeat(64)));
  t.is(other.status, 1);
  t.regex(other.stderr, /^program: SHA-256 of .*: must be 0{64}; raise/);
  await succeed(t, at, install(at), "undo");
  const { [upload]: _, ...left } = before;
  t.deepEqual(at.snapshot(), left);

  at.write(upload, hostProgram());
  await succeed(t, at, install(at));
  at.write(upload, `${hostProgram()}echo changed\n`);
  for (const path of [own, second]) fs.rmSync(at.path(path));
  const { status, stderr } = await send(at, text(at));
  t.is(status, 1);
  t.regex(stderr, /program: must be on the host/);
  t.false(at.exists("/etc/made"));
});

for (const [what, empty, lost] of [
  ["an empty copy in place of root's own", [own], []],
  ["an empty second copy, and lost its own", [second], [own]],
  ["two empty copies", [own, second], []],
] as const)
  test(`a host that has ${what} gets it again with the next step`, async (t) => {
    const at = host(t);
    await succeed(t, at, install(at));
    for (const path of empty) at.write(path, "");
    for (const path of lost) fs.rmSync(at.path(path));
    t.deepEqual((await succeed(t, at, text(at)))?.changed, ["/etc/made"]);
    t.deepEqual([at.read(own), at.read(second)], [hostProgram(), hostProgram()]);
  });

test("a host without sudo, whose user is root, gets the program again from root's second copy", async (t) => {
  const at = host(t);
  await succeed(t, at, install(at));
  at.fake("sudo", "exit 127");
  for (const path of [own, upload]) fs.rmSync(at.path(path));
  t.deepEqual((await succeed(t, at, text(at)))?.changed, ["/etc/made"]);
});

test("an upload that is missing is named, with the remedy", async (t) => {
  const at = host(t);
  fs.rmSync(at.path(upload));
  const { status, stderr } = await send(at, install(at));
  t.is(status, 1);
  t.regex(
    stderr,
    /^program: SHA-256 of .*: missing: must be [0-9a-f]{64}; raise site.converge by one, then run again$/m,
  );
});

test("what a killed run and a refused upload leave is removed with the program", async (t) => {
  const at = host(t);
  const { [upload]: _, ...left } = at.snapshot();
  await succeed(t, at, install(at));
  at.write(upload, `${hostProgram()}echo changed\n`);
  for (const path of [own, second]) fs.rmSync(at.path(path));
  t.is((await send(at, text(at))).status, 1);
  t.deepEqual(fs.readdirSync(at.path("/usr/local/lib/ecs-anywhere-hybrid")), []);
  for (const folder of [own, second].map((path) => path.replace(/program$/, "")))
    at.write(`${folder}.program`, "half");
  at.write("/usr/local/lib/ecs-anywhere-hybrid/.upload", "half");
  await succeed(t, at, install(at), "undo");
  t.deepEqual(at.snapshot(), left);
});

test("of two stacks with different users on one host, the last one to go leaves nothing, neither user's upload", async (t) => {
  const at = host(t);
  const others = `/home/other/${uploadPath}`;
  at.fake("getent", 'echo "$2:x:1000:1000:,,,:/home/$2:/bin/bash"');
  at.write(others, hostProgram());
  const { [upload]: _, [others]: __, ...left } = at.snapshot();
  const installOthers = installText({ sha256, user: "other", root: at.root });
  for (const text of [install(at), installOthers]) await succeed(t, at, text);
  await succeed(t, at, text(at));
  await succeed(t, at, install(at), "undo");
  t.deepEqual(
    [own, second, upload, others].map((path) => at.exists(path)),
    [true, true, false, true],
  );
  t.deepEqual((await succeed(t, at, text(at), "undo"))?.changed, ["/etc/made"]);
  await succeed(t, at, installOthers, "undo");
  t.deepEqual(at.snapshot(), left);
});

test("nothing of a truncated text runs", async (t) => {
  const at = host(t);
  await succeed(t, at, install(at));
  const before = at.snapshot();
  const whole = text(at);
  for (const length of [50, whole.indexOf("step_data"), whole.indexOf("it'") + 2, whole.length - 3])
    await send(at, whole.slice(0, length));
  t.deepEqual(at.snapshot(), before);
});

test("a newer program alone leaves a step's text as it is; `again` makes another file of it", (t) => {
  const { sha256: first } = programFile();
  const { sha256: second, path } = programFile("2.0");
  t.not(first, second);
  t.true(fs.readFileSync(path, "utf8").startsWith(hostProgram()));
  t.false(stepText(step).includes(first));
  t.true(stepText(step).length < 900, `${stepText(step).length} bytes for a step of next to nothing`);
});
