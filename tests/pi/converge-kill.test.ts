import test, { type ExecutionContext } from "ava";
import type { Step } from "../../pi/step.ts";
import { block, word } from "../support/edits.ts";
import { type Killing, killed as killedHosts } from "../support/killed.ts";
import { ScratchRoot } from "../support/scratch-root.ts";

const step: Step = {
  name: "killed",
  files: [
    { path: "/etc/made/folder/new.conf", mode: "600", content: "new\n" },
    { path: "/etc/old.conf", mode: "644", content: "ours\n" },
  ],
  detect: [
    word("cgroup_enable=memory", "/boot/firmware/cmdline.txt", "/boot/cmdline.txt"),
    block(["a", "b"], "/etc/shared.conf"),
    block(["key"], "/etc/keys", "600"),
  ].join(""),
  apply: `cat "$ROOT/etc/old.conf" >"$ROOT/run/effective"`,
  verify: `[ "$(cat "$ROOT/run/effective")" = "$(cat "$ROOT/etc/old.conf")" ]`,
  undo: `rm -f "$ROOT/run/effective"`,
  needsReboot: true,
};

/** As a later version of the program might render it: one file less, one more, another block, no word. */
const later: Step = {
  ...step,
  files: [
    { path: "/etc/made/other.conf", mode: "640", content: "other\n" },
    { path: "/etc/old.conf", mode: "600", content: "later\n" },
  ],
  detect: block(["c"], "/etc/shared.conf"),
};

function bare(): ScratchRoot {
  const host = new ScratchRoot();
  host.write("/etc/old.conf", "theirs", 0o640);
  host.write("/etc/shared.conf", "first\nlast without newline");
  host.write("/boot/cmdline.txt", "console=tty1 rootwait\n", 0o755);
  return host;
}

const clean = () => {
  const host = bare();
  const entries = snapshot(host);
  host.remove();
  return entries;
};

/** What is on a host; the order of the step's own notes does not matter. */
function snapshot(host: ScratchRoot) {
  return Object.fromEntries(
    Object.entries(host.snapshot()).map(([path, entry]) => [
      path,
      /\/killed\/(manifest|dirs)$/.test(path)
        ? { ...entry, content: entry.content.split("\n").sort().join("\n") }
        : entry,
    ]),
  );
}

/** Brings hosts through `prepare`, kills a run on each at a point, and checks the result. */
const killed = (
  t: ExecutionContext,
  prepare: Killing["prepare"],
  kill: Killing["kill"],
  look: Killing["look"],
) => killedHosts(t, { bare, prepare, kill, look, timeoutSeconds: 120 });

test("a converge killed at any point ends in the same state when it is run again", async (t) => {
  const whole = bare();
  t.teardown(() => whole.remove());
  await whole.succeed(step);
  const wanted = snapshot(whole);
  await killed(
    t,
    async () => {},
    (host, n) => host.runKilledAt(n, step),
    async (host, n) => {
      await host.succeed(step);
      t.deepEqual(snapshot(host), wanted, `killed at ${n}`);
      t.true(host.exists("/run/ecs-anywhere-hybrid/reboot/killed"));
    },
  );
});

test("a converge killed at any point leaves a clean host when it is undone", (t) =>
  killed(
    t,
    async () => {},
    (host, n) => host.runKilledAt(n, step),
    async (host, n) => {
      await host.succeed(step, "undo");
      t.deepEqual(snapshot(host), clean(), `killed at ${n}`);
    },
  ));

test("a change to a later version killed at any point can go on, or back to the former, and be undone", async (t) => {
  const whole = bare();
  t.teardown(() => whole.remove());
  await whole.succeed(step);
  const former = snapshot(whole);
  await whole.succeed(later);
  const wanted = snapshot(whole);
  await killed(
    t,
    (host) => host.succeed(step),
    (host, n) => host.runKilledAt(n, later),
    async (host, n) => {
      const next = n % 2 === 0 ? step : later;
      await host.succeed(next);
      t.deepEqual(snapshot(host), next === step ? former : wanted, `killed at ${n}`);
      await host.succeed(next, "undo");
      t.deepEqual(snapshot(host), clean(), `killed at ${n} and undone`);
    },
  );
});

test("a failing change killed at any point, also while it goes back, ends in the former state when it fails again", async (t) => {
  const failing: Step = { ...later, settleSeconds: 0, verify: "false" };
  const whole = bare();
  t.teardown(() => whole.remove());
  await whole.succeed(step);
  const former = snapshot(whole);
  await killed(
    t,
    (host) => host.succeed(step),
    (host, n) => host.runKilledAt(n, failing),
    async (host, n) => {
      await host.refuse(failing);
      t.deepEqual(snapshot(host), former, `killed at ${n}`);
      t.is(host.read("/run/effective"), "ours\n");
    },
  );
});

test("an undo killed at any point leaves a clean host when it is run again", (t) =>
  killed(
    t,
    (host) => host.succeed(step),
    (host, n) => host.runKilledAt(n, step, "undo"),
    async (host, n) => {
      await host.succeed(step, "undo");
      t.deepEqual(snapshot(host), clean(), `killed at ${n}`);
    },
  ));
