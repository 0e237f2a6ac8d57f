import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { program, quote, rootProgram } from "../../pi/converge.ts";
import type { OwnedFile, Step } from "../../pi/step.ts";
import { block, word } from "../support/edits.ts";
import { ScratchRoot } from "../support/scratch-root.ts";
import { isGoodShell } from "../support/shellcheck.ts";

const bare: Step = { name: "bare", verify: ":" };

function host(t: ExecutionContext): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  return host;
}

test("the program passes shellcheck and dash -n, inside and outside", (t) => {
  isGoodShell(t, rootProgram(bare));
  isGoodShell(t, program(bare));
});

test("any text survives quoting", (t) => {
  const texts = [
    ...fc.sample(
      fc.string({ unit: "grapheme" }).filter((s) => !s.includes("\0")),
      200,
    ),
    "'",
    "''\n'",
    "\\",
  ];
  const script = texts.map((text) => `printf '%s\\0' ${quote(text)}\n`).join("");
  t.deepEqual(
    execFileSync("dash", ["-s"], { input: script, encoding: "utf8" }).split("\0").slice(0, -1),
    texts,
  );
});

test("a first run puts everything in place; a second does nothing; undo leaves what was there", async (t) => {
  const at = host(t);
  at.write("/etc/theirs.conf", "theirs", 0o640);
  at.write("/boot/firmware/cmdline.txt", "console=tty1 root=PARTUUID=1 rootwait\n");
  at.write("/boot/cmdline.txt", "moved\n");
  at.write("/etc/shared", "1\n2");
  const before = at.snapshot();
  const step: Step = {
    name: "first",
    files: [
      { path: "/etc/a/b/secret", mode: "0600", content: 'it\'s "$HOME" `x` \\\nEND\n# >>> \n\n' },
      { path: "/etc/theirs.conf", mode: "755", content: "ours\n" },
    ],
    detect: [
      word("cgroup_enable=memory", "/boot/firmware/cmdline.txt", "/boot/cmdline.txt"),
      block(["it's", "", "$x"], "/etc/shared"),
      block(["key"], "/etc/new/keys", "640"),
    ].join(""),
    apply: `echo noise; echo noise >&2; say applies; : >"$ROOT/run/applied"`,
    verify: `echo noise; fact text "\\"a\\\\b	'c'
d"; fact empty ''`,
  };
  const first = await at.run(step);
  t.is(first.status, 0, first.stderr);
  t.deepEqual(first.result, {
    step: "first",
    changed: [
      "/etc/a/b/secret",
      "/etc/theirs.conf",
      "/boot/firmware/cmdline.txt",
      "/etc/shared",
      "/etc/new/keys",
    ],
    facts: { text: "\"a\\b\t'c'\nd", empty: "" },
  });
  t.is(at.read("/etc/a/b/secret"), step.files?.[0]?.content ?? "");
  t.is(at.mode("/etc/a/b/secret"), 0o600);
  t.is(at.mode("/etc/a/b"), 0o755);
  t.is(at.read("/etc/theirs.conf"), "ours\n");
  t.is(at.mode("/etc/theirs.conf"), 0o755);
  t.is(at.read("/boot/firmware/cmdline.txt"), "console=tty1 root=PARTUUID=1 rootwait cgroup_enable=memory\n");
  t.is(at.read("/boot/cmdline.txt"), "moved\n");
  t.is(
    at.read("/etc/shared"),
    "1\n2\n# >>> ecs-anywhere-hybrid first\nit's\n\n$x\n# <<< ecs-anywhere-hybrid first\n",
  );
  t.is(at.mode("/etc/new/keys"), 0o640);
  t.is(at.mode("/var/lib/ecs-anywhere-hybrid"), 0o700);

  fs.rmSync(at.path("/run/applied"));
  const second = await at.succeed(step);
  t.deepEqual(second.changed, []);
  t.is(second.facts.text, "\"a\\b\t'c'\nd");
  t.false(at.exists("/run/applied"));

  t.deepEqual((await at.succeed(step, "undo")).changed.length, 5);
  t.deepEqual(at.snapshot(), before);
  t.deepEqual((await at.succeed(step, "undo")).changed, []);
  t.deepEqual(at.snapshot(), before);
});

test("what drifted by hand is repaired: content, mode, a word, a block, and the running system", async (t) => {
  const at = host(t);
  at.write("/boot/cmdline.txt", "a\n");
  at.write("/etc/shared", "x\n");
  const step: Step = {
    name: "drift",
    files: [{ path: "/etc/own", mode: "600", content: "own\n" }],
    detect: word("flag", "/boot/cmdline.txt") + block(["l"], "/etc/shared"),
    apply: `: >"$ROOT/run/up"`,
    verify: `[ -e "$ROOT/run/up" ]`,
  };
  await at.succeed(step);
  const whole = at.snapshot();
  const drifts: Record<string, () => void> = {
    "/etc/own": () => at.write("/etc/own", "own\n\n", 0o600),
    "/etc/own ": () => fs.chmodSync(at.path("/etc/own"), 0o644),
    "/etc/own  ": () => fs.rmSync(at.path("/etc/own")),
    "/etc/own   ": () => {
      fs.rmSync(at.path("/etc/own"));
      fs.symlinkSync("elsewhere", at.path("/etc/own"));
    },
    "/boot/cmdline.txt": () => at.write("/boot/cmdline.txt", "a flagged\n"),
    "/etc/shared": () => at.write("/etc/shared", at.read("/etc/shared").replace("\nl\n", "\nL\n")),
    "/etc/shared ": () => at.write("/etc/shared", at.read("/etc/shared").repeat(2)),
    apply: () => fs.rmSync(at.path("/run/up")),
  };
  for (const [path, drift] of Object.entries(drifts)) {
    drift();
    t.deepEqual((await at.succeed(step)).changed, [path.trim()]);
    if (path === "/boot/cmdline.txt") t.is(at.read(path), "a flagged flag\n");
    at.write("/boot/cmdline.txt", "a flag\n");
    if (path === "/etc/shared ") at.write("/etc/shared", at.read("/etc/shared").replace("x\nx\n", "x\n"));
    t.deepEqual(at.snapshot(), whole, path);
  }
});

test("check reports what converge would change, and changes nothing", async (t) => {
  const at = host(t);
  const step: Step = {
    name: "checked",
    files: [{ path: "/etc/own", mode: "600", content: "own\n" }],
    detect: block(["l"], "/etc/shared", "644"),
    apply: `: >"$ROOT/run/up"`,
    verify: `[ -e "$ROOT/run/up" ] && fact up yes`,
  };
  const before = at.snapshot();
  t.deepEqual((await at.succeed(step, "check")).changed, ["/etc/own", "/etc/shared", "apply"]);
  t.deepEqual(at.snapshot(), before);
  await at.succeed(step);
  const whole = at.snapshot();
  t.deepEqual(await at.succeed(step, "check"), { step: "checked", changed: [], facts: { up: "yes" } });
  t.deepEqual((await at.succeed({ ...step, detect: ":" }, "check")).changed, ["/etc/shared"]);
  await at.refuse({ ...step, detect: "false" }, "check");
  t.deepEqual(at.snapshot(), whole);
});

test("undoing an edit removes its own bytes only, whatever changed since", async (t) => {
  const at = host(t);
  at.write("/etc/shared", "first");
  at.write("/boot/cmdline.txt", "a\r\nsecond line\n");
  const step: Step = {
    name: "edit",
    detect: [
      block(["ours"], "/etc/shared"),
      word("cgroup_enable=memory", "/boot/cmdline.txt"),
      word("cgroup_memory=1", "/boot/cmdline.txt"),
      block(["ours"], "/etc/made", "644"),
    ].join(""),
    verify: ":",
  };
  await at.succeed(step);
  t.is(at.read("/boot/cmdline.txt"), "a cgroup_enable=memory cgroup_memory=1\r\nsecond line\n");
  at.write("/etc/shared", `zeroth\n${at.read("/etc/shared")}last`);
  at.write("/etc/made", `${at.read("/etc/made")}theirs\n`);
  at.write("/boot/cmdline.txt", at.read("/boot/cmdline.txt").replace("\r\n", " theirs\r\n"));
  await at.succeed(step, "undo");
  t.is(at.read("/etc/shared"), "zeroth\nfirst\nlast");
  t.is(at.read("/etc/made"), "theirs\n");
  t.is(at.read("/boot/cmdline.txt"), "a theirs\r\nsecond line\n");
});

test("a word or file that was there before stays there after undo", async (t) => {
  const at = host(t);
  at.write("/boot/cmdline.txt", "a flag b\n");
  at.write("/etc/same", "same\n");
  const before = at.snapshot();
  const step: Step = {
    name: "there",
    files: [{ path: "/etc/same", mode: "644", content: "same\n" }],
    detect: word("flag", "/boot/cmdline.txt"),
    verify: ":",
  };
  t.deepEqual((await at.succeed(step)).changed, []);
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);
});

test("a block goes into the file that a link points to, and the link stays", async (t) => {
  const at = host(t);
  at.write("/etc/real", "x\n");
  fs.symlinkSync(at.path("/etc/real"), at.path("/etc/link"));
  const step: Step = {
    name: "link",
    detect: block(["l"], "/etc/link"),
    verify: ":",
  };
  const before = at.snapshot();
  await at.succeed(step);
  t.regex(at.read("/etc/real"), /^x\n# >>>/);
  t.true(fs.lstatSync(at.path("/etc/link")).isSymbolicLink());
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);
});

test("a later version removes what it no longer declares, and undo still finds the first original", async (t) => {
  const at = host(t);
  at.write("/etc/one", "one\n");
  at.write("/boot/cmdline.txt", "a\n");
  const before = at.snapshot();
  const file = (path: string, content: string) => ({ path, mode: "644" as const, content });
  const version = (flag: string, ...files: readonly OwnedFile[]): Step => ({
    name: "versions",
    files,
    ...(flag && { detect: word(flag, "/boot/cmdline.txt") }),
    verify: ":",
  });
  await at.succeed(version("x", file("/etc/one", "1\n"), file("/etc/dir/two", "2\n")));
  const second = await at.succeed(version("y", file("/etc/dir/three", "3\n")));
  t.deepEqual([...second.changed].sort(), [
    "/boot/cmdline.txt",
    "/boot/cmdline.txt",
    "/etc/dir/three",
    "/etc/dir/two",
    "/etc/one",
  ]);
  t.is(at.read("/etc/one"), "one\n");
  t.false(at.exists("/etc/dir/two"));
  t.is(at.read("/boot/cmdline.txt"), "a y\n");
  await at.succeed(version("", file("/etc/one", "again\n")));
  await at.succeed(version(""), "undo");
  t.deepEqual(at.snapshot(), before);
});

test("what is written is on the disk before the first file takes its place, and its place before the change is over", async (t) => {
  const at = host(t);
  at.fake("mv", 'exec /bin/mv "$@"');
  const step: Step = {
    name: "many",
    files: ["/etc/a/one", "/etc/a/two", "/etc/b/three"].map((path) => ({
      path,
      mode: "640",
      content: "x\n",
    })),
    detect: block(["l"], "/etc/a/edited", "600"),
    verify: ":",
  };
  const copies = ["/etc/a/.one", "/etc/a/.two", "/etc/b/.three", "/etc/a/.edited"].map(
    (path) => `${path}.ecs-anywhere-hybrid`,
  );
  const notes = (name: string) => [`sync ${name}.new`, `mv -f ${name}.new ${name}`];
  await at.succeed(step);
  t.deepEqual(
    at
      .calls()
      .map((call) =>
        call.replaceAll(`${at.root}/var/lib/ecs-anywhere-hybrid/many/`, "").replaceAll(at.root, ""),
      ),
    [
      ...notes("journal"),
      ...notes("manifest"),
      "sync dirs",
      `sync ${copies.join(" ")}`,
      ...copies.map((copy) => `mv -fT ${copy} ${copy.replace(/\.(\w+)\.ecs.*/, "$1")}`),
      "sync /etc/a /etc/b",
      ...notes("manifest"),
    ],
  );
  t.deepEqual(
    ["/etc/a/one", "/etc/b/three", "/etc/a/edited"].map((path) => at.mode(path)),
    [0o640, 0o640, 0o600],
  );
});

test("detect declares what only the host knows", async (t) => {
  const at = host(t);
  at.write("/home/pi/marker", "");
  const step: Step = {
    name: "detect",
    detect: `
home=/home/pi
own_file "$home/it's" 640 <<'END'
a 'quoted' $text

END
printf 'k1\\nk2\\n' | add_block "$home/.ssh/keys" 600
`,
    verify: ":",
  };
  const before = at.snapshot();
  t.deepEqual((await at.succeed(step)).changed, ["/home/pi/it's", "/home/pi/.ssh/keys"]);
  t.is(at.read("/home/pi/it's"), "a 'quoted' $text\n\n");
  t.is(at.mode("/home/pi/.ssh/keys"), 0o600);
  t.deepEqual((await at.succeed(step)).changed, []);
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);
  const stderr = await at.refuse({ ...step, detect: "fail network eth9 'must exist' 'plug it in'" });
  t.is(stderr, "detect: network: eth9: must exist; plug it in\n");
});

test("of what was changed since the boot, the mark for a reboot is kept until the next", async (t) => {
  const at = host(t);
  at.write("/boot/config.txt", "");
  const step: Step = {
    name: "flags",
    detect: block(["x"], "/boot/config.txt"),
    verify: ":",
    needsReboot: true,
  };
  const mark = "/run/ecs-anywhere-hybrid/reboot/flags";
  await at.succeed(step);
  t.is(at.read(mark), "first\n");
  at.boot("second");
  await at.succeed(step);
  t.false(at.exists(mark));
  const wider = { ...step, detect: block(["y"], "/boot/config.txt") };
  await at.refuse({ ...wider, verify: "false", settleSeconds: 0 });
  t.false(at.exists(mark), "put back, so no reboot is due");
  await at.succeed(wider);
  t.is(at.read(mark), "second\n");
});

test("nothing of a truncated text runs", async (t) => {
  const at = host(t);
  const step: Step = { name: "cut", files: [{ path: "/etc/x", mode: "644", content: "x\n" }], verify: ":" };
  const text = at.program(step);
  const before = at.snapshot();
  for (const length of [100, 5000, text.indexOf('main "$@"') + 5, text.lastIndexOf("END_OF_INPUT")]) {
    spawnSync("dash", ["-s", "--", "converge"], { input: text.slice(0, length), env: at.environment });
    t.deepEqual(at.snapshot(), before);
  }
});

test("a step that no host could carry out is refused before it is sent", (t) => {
  const refused = (step: Partial<Step>, words: RegExp) =>
    t.throws(() => program({ ...bare, ...step }), { message: words });
  refused({ name: "No Name" }, /name: "No Name": must consist of a-z/);
  const file = { path: "/etc/x", mode: "644" as const, content: "x\n" };
  refused({ files: [{ ...file, path: "etc/x" }] }, /"etc\/x": must be absolute/);
  refused({ files: [{ ...file, path: "/etc/../x" }] }, /must be absolute and normal/);
  refused({ files: [{ ...file, path: "/etc/x\ny" }] }, /must be absolute and normal/);
  refused({ files: [file, file] }, /must name a file once/);
  refused({ files: [{ ...file, content: "x" }] }, /end in a newline/);
  refused({ files: [{ ...file, content: "s3cret" }] }, /^(?!.*s3cret)/);
  refused({ files: [{ ...file, content: "\0\n" }] }, /without NUL/);
  refused({ files: [{ ...file, mode: "9" }] }, /octal/);
  refused({ deadMansSwitchSeconds: 20, settleSeconds: 10 }, /"20": must be at least settleSeconds \+ 15, 25/);
});

test("an unchanged step takes the host 50 ms at the most", async (t) => {
  const at = host(t);
  const files = [1, 2, 3, 4, 5, 6].map((n) => ({
    path: `/etc/f${n}`,
    mode: "600" as const,
    content: "x\n".repeat(200),
  }));
  const step: Step = { name: "quick", files, verify: "fact a b" };
  await at.succeed(step);
  fs.writeFileSync(at.path("/program"), at.program(step));
  // Processor time: the wall clock also measures whatever else the machine does.
  const runs = 10;
  const loop = `i=0; while [ $i -lt ${runs} ]; do dash -s -- converge <'${at.path("/program")}' >&2; i=$((i + 1)); done; times`;
  const { stdout } = spawnSync("dash", ["-c", loop], { env: at.environment, encoding: "utf8" });
  const seconds = [...(stdout.split("\n")[1] ?? "").matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  t.is(seconds.length, 2, stdout);
  const milliseconds = (seconds.reduce((a, b) => a + b) / runs) * 1000;
  t.log(`${milliseconds.toFixed(1)} ms`);
  t.true(milliseconds <= 50, `${milliseconds} ms`);
});
