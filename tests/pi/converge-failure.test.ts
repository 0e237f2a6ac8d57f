import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { program } from "../../pi/converge.ts";
import type { Step } from "../../pi/step.ts";
import { block, word } from "../support/edits.ts";
import { ScratchRoot } from "../support/scratch-root.ts";

function host(t: ExecutionContext): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  return host;
}

const step = (more: Partial<Step>): Step => ({
  name: "faulty",
  files: [{ path: "/etc/dir/x", mode: "644", content: "new\n" }],
  verify: ":",
  settleSeconds: 0,
  ...more,
});

test("the four parts that a script gives are the error; nothing was touched before", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  for (const part of ["require", "prepare", "validate"] as const) {
    const stderr = await at.refuse(
      step({ [part]: "echo noise; fail userland armhf 'must be 64-bit' 'use another image'" }),
    );
    t.is(stderr, "noise\nfaulty: userland: armhf: must be 64-bit; use another image\n");
    t.deepEqual(at.snapshot(), before);
  }
});

test("validate sees the staged files under $STAGE, an edited one with its mode", async (t) => {
  const at = host(t);
  at.write("/etc/shared", "s\n", 0o640);
  await t.notThrowsAsync(
    at.succeed(
      step({
        detect: block(["l"], "/etc/shared"),
        validate: `
[ "$(cat "$STAGE/etc/dir/x")" = new ] && [ ! -e "$ROOT/etc/dir/x" ]
[ "$(stat -c %a "$STAGE/etc/shared")" = 640 ] && grep -q '^l$' "$STAGE/etc/shared"
`,
      }),
    ),
  );
});

test("a failing apply reports the command and its output, and what was there is restored", async (t) => {
  const at = host(t);
  at.write("/etc/dir/x", "old\n", 0o600);
  const before = at.snapshot();
  at.fake("networkctl", "echo 'no such link' >&2; exit 5");
  const stderr = await at.refuse(step({ apply: "run networkctl reload" }));
  t.regex(
    stderr,
    /^faulty: networkctl reload: exit status 5: must be 0; see what it printed:\nno such link$/m,
  );
  t.regex(stderr, /^faulty: the previous state was restored$/m);
  t.deepEqual(at.snapshot(), before);
  t.regex(
    await at.refuse(step({ apply: "echo half; false; echo never" })),
    /apply: exit status 1: must be 0; see what it printed:\nhalf\n(?!never)/,
  );
});

test("a verify that never succeeds is given its time and explained, and the former version is applied again", async (t) => {
  const at = host(t);
  const apply = `cat "$ROOT/etc/dir/x" >>"$ROOT/run/applied"`;
  await at.succeed(step({ files: [{ path: "/etc/dir/x", mode: "644", content: "first\n" }], apply }));
  const before = at.snapshot();
  const start = performance.now();
  const stderr = await at.refuse(
    step({
      apply,
      settleSeconds: 2,
      verify: "echo 'no answer' >&2; exit 3",
      explain: "echo 'the daemon said no'",
    }),
  );
  t.true(performance.now() - start > 1000);
  t.regex(stderr, /verify: exit status 3: must be 0; see what it printed:\nno answer\nthe daemon said no\n/);
  t.deepEqual(at.snapshot(), before);
  t.is(at.read("/run/applied"), "first\nnew\nfirst\n");
});

test("a first version that fails is undone", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  await at.refuse(step({ apply: `: >"$ROOT/run/up"; false`, undo: `rm "$ROOT/run/up"` }));
  t.false(at.exists("/run/up"));
  t.deepEqual(at.snapshot(), before);
});

test("a failing undo keeps what it needs for another run", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  await at.succeed(step({}));
  t.regex(
    await at.refuse(step({ undo: "echo busy; false" }), "undo"),
    /faulty: undo: exit status 1: must be 0; see what it printed:\nbusy/,
  );
  await at.succeed(step({}), "undo");
  t.deepEqual(at.snapshot(), before);
});

test("a secret of the step is never shown, whatever prints it", async (t) => {
  const at = host(t);
  const secret = "pa$$'w*rd";
  const faulty = step({
    files: [{ path: "/etc/x", mode: "600", content: `${secret}\n` }],
    apply: `cat "$ROOT/etc/x" "$ROOT/etc/x"; echo "a $(cat "$ROOT/etc/x") b $(cat "$ROOT/etc/x")"; false`,
    secrets: [secret, ""],
  });
  const { stdout, stderr } = await at.run(faulty);
  t.false((stdout + stderr).includes(secret));
  t.true(stderr.includes("a [secret] b [secret]"));
});

test("a secret is in no argument and no environment of any process", async (t) => {
  const at = host(t);
  const secret = "v3ry-secret-content";
  at.fake(
    "networkctl",
    "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' >\"$ROOT/run/seen\"",
  );
  await at.succeed(
    step({
      files: [{ path: "/etc/x", mode: "600", content: `${secret}\n` }],
      apply: "networkctl",
      validate: "networkctl",
    }),
  );
  t.true(at.read("/run/seen").includes("ecs-anywhere-hybrid"));
  t.false(at.read("/run/seen").includes(secret));
});

test("a second run on the host waits, names the holder of the lock, and continues when it is free", async (t) => {
  const at = host(t);
  at.write("/go", "");
  fs.rmSync(at.path("/go"));
  const slow = step({ name: "slow", apply: `while [ ! -e "$ROOT/go" ]; do sleep 0.05; done` });
  const first = at.run(slow);
  while (!at.exists("/etc/dir/x")) await sleep(20);
  at.fake("flock", 'PATH=${PATH#*:} && exec flock "$@"');
  const second = at.run(step({ name: "second" }));
  while (!at.calls().some((call) => call.startsWith("flock -w"))) await sleep(20);
  at.write("/go", "");
  t.is((await first).status, 0);
  const { status, stderr } = await second;
  t.is(status, 0);
  t.regex(stderr, /second: waits for another run on this host: process \d+ \(slow converge\)/);
});

test("a lock that never becomes free is an error, not an endless wait", async (t) => {
  const at = host(t);
  at.fake("flock", "exit 1");
  t.regex(
    await at.refuse(step({})),
    /faulty: lock: held by process unknown: must be free within 300 s; wait for that run to end, then run again/,
  );
});

test("a full disk is found before anything is staged", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  at.fake(
    "df",
    "printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/x 100 99 12 99%% /\\n'",
  );
  t.is(
    await at.refuse(step({})),
    "faulty: disk space on /: 12 KiB free: must be at least 8192 KiB; free some space, then run again\n",
  );
  t.deepEqual(at.snapshot(), before);
});

test("a full disk does not prevent the rollback of a killed run's change", async (t) => {
  const at = host(t);
  at.write("/etc/dir/x", "old\n");
  const before = at.snapshot();
  // Killed later each time, until the file was in place.
  for (let n = 1; at.read("/etc/dir/x") === "old\n"; n += 1) await at.runKilledAt(n, step({}));
  at.fake(
    "df",
    "printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/x 100 99 12 99%% /\\n'",
  );
  const stderr = await at.refuse(step({}));
  t.regex(
    stderr,
    /disk space on \/: 12 KiB free: must be at least 8192 KiB; free some space, then run again/,
  );
  t.regex(stderr, /the previous state was restored/);
  t.deepEqual(at.snapshot(), before);
});

test("a disk that fills up in the middle leaves what was there", async (t) => {
  const at = host(t);
  at.write("/etc/dir/x", "old\n");
  const before = at.snapshot();
  // There is room for the state, but not for the copy next to the target.
  at.fake(
    "install",
    `case "$*" in *"/etc/dir/.x."*) echo 'install: No space left on device' >&2; exit 1 ;; esac; exec /bin/install "$@"`,
  );
  const stderr = await at.refuse(step({}));
  t.regex(stderr, /No space left on device/);
  t.regex(stderr, /its files: could not be written: must be writable; see above/);
  t.deepEqual(at.snapshot(), before);
});

test("a folder in a file's place is an error", async (t) => {
  const at = host(t);
  fs.mkdirSync(at.path("/etc/dir/x"), { recursive: true });
  t.is(await at.refuse(step({})), "faulty: /etc/dir/x: a folder: must be a file; move the folder away\n");
});

test("an edit without its file is an error", async (t) => {
  const at = host(t);
  const stderr = await at.refuse({
    name: "edit",
    detect: word("x", "/boot/firmware/cmdline.txt", "/boot/cmdline.txt"),
    verify: ":",
  });
  t.regex(
    stderr,
    /^edit: \/boot\/firmware\/cmdline.txt \/boot\/cmdline.txt: missing: must be there, at least one; /,
  );
});

/** Runs the text as a host gets it, as a user who is not root. */
async function asUser(at: ScratchRoot, text: string) {
  at.fake("id", 'case "$1" in -u) echo 1000 ;; -un) echo pi ;; esac');
  const child = spawn("dash", ["-s", "--", "converge"], { env: at.environment });
  const stderr: Buffer[] = [];
  child.stderr.on("data", (data: Buffer) => stderr.push(data));
  child.stdin.end(text);
  const [status] = (await once(child, "close")) as [number];
  return { status, stderr: Buffer.concat(stderr).toString() };
}

test("without sudo the error names the host's field and the remedy", async (t) => {
  const at = host(t);
  at.fake("sudo", "echo 'sudo: a password is required' >&2; exit 1");
  const { status, stderr } = await asUser(at, program(step({}), { field: "hosts.pi-1.user" }));
  t.is(status, 1);
  t.is(
    stderr,
    "sudo: a password is required\nhosts.pi-1.user: pi: must be allowed to use sudo without a password; as root on " +
      "the host, run: echo 'pi ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/010_pi\n",
  );
});

test("a program that fails although sudo works does not mention sudo", async (t) => {
  const at = host(t);
  // The way sudo would run it, but never as root.
  at.fake("sudo", `[ "$1" = -n ] && shift; exec "$@"`);
  const { status, stderr } = await asUser(at, program(step({})));
  t.is(status, 1);
  t.is(stderr, "faulty: user: uid 1000: must be root; run the program with sudo\n");
});

test("when the reader of the answer goes away, the change is still completed", async (t) => {
  const at = host(t);
  const child = spawn("dash", ["-s", "--", "converge"], { env: at.environment });
  child.stdout.destroy();
  child.stderr.destroy();
  child.stdin.end(at.program(step({ apply: "sleep 0.3", verify: `[ "$(cat "$ROOT/etc/dir/x")" = new ]` })));
  await once(child, "close");
  t.is(at.read("/etc/dir/x"), "new\n");
  t.false(at.exists("/var/lib/ecs-anywhere-hybrid/faulty/journal"));
});
