import test, { type ExecutionContext } from "ava";
import type { Step } from "../../pi/step.ts";
import { ScratchRoot } from "../support/scratch-root.ts";

const step: Step = {
  name: "owned",
  files: [{ path: "/etc/owned", mode: "644", content: "1\n" }],
  verify: ":",
  settleSeconds: 0,
};
const later: Step = { ...step, files: [{ path: "/etc/owned", mode: "644", content: "2\n" }] };

function host(t: ExecutionContext): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  return host;
}

/** The step, run by this owner. */
const run = (at: ScratchRoot, owner: string, action: "converge" | "undo" = "converge", of = step) => {
  at.owner = owner;
  return at.run(of, action);
};

test("undo by a former owner changes nothing, says so and succeeds; undo by the owner clears the host", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  t.is((await run(at, "home/dev/pi-1")).stderr, "owned: changes /etc/owned \n");
  const { stderr, status, result } = await run(at, "home/dev/kitchen");
  t.is(stderr, "owned: takes the step over from home/dev/pi-1\n");
  t.is(status, 0);
  t.deepEqual(result?.changed, []);
  t.is((await run(at, "home/dev/kitchen")).stderr, "");
  const whole = at.snapshot();

  const former = await run(at, "home/dev/pi-1", "undo");
  t.is(former.status, 0);
  t.deepEqual(former.result, { step: "owned", changed: [], facts: {} });
  t.is(
    former.stderr,
    "owned: belongs to home/dev/kitchen on this host now: home/dev/pi-1 leaves it as it is\n",
  );
  t.deepEqual(at.snapshot(), whole);

  t.deepEqual((await run(at, "home/dev/kitchen", "undo")).result?.changed, ["/etc/owned"]);
  t.deepEqual(at.snapshot(), before);
  t.is((await run(at, "home/dev/pi-1", "undo")).status, 0);
});

test("a takeover that changes something is reported, too; a failed one keeps the former owner", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  await run(at, "a");
  const failed = await run(at, "b", "converge", { ...later, verify: "false" });
  t.is(failed.status, 1);
  t.is((await run(at, "b", "undo")).result?.changed.length, 0);
  t.is(at.read("/etc/owned"), "1\n");
  t.regex((await run(at, "b", "converge", later)).stderr, /^owned: takes the step over from a\n/);
  await run(at, "a", "undo", later);
  t.is(at.read("/etc/owned"), "2\n");
  await run(at, "b", "undo", later);
  t.deepEqual(at.snapshot(), before);
});

test("a step without an owner belongs to the next one that converges it, and any owner can undo it", async (t) => {
  const at = host(t);
  await run(at, "");
  t.is((await run(at, "a")).stderr, "");
  t.is((await run(at, "b", "undo")).result?.changed.length, 0);
  t.is((await run(at, "", "undo")).result?.changed.length, 1);
});

test("what a killed run left belongs to its owner", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  at.owner = "a";
  for (let n = 1; !at.exists("/etc/owned"); n += 1) await at.runKilledAt(n, step);
  await run(at, "b", "undo");
  t.true(at.exists("/etc/owned"));
  await run(at, "a", "undo");
  t.deepEqual(at.snapshot(), before);
});

for (const [who, left] of Object.entries({ a: "gone", b: "as a has it" }))
  test(`after a takeover by b that was killed, undo by ${who} leaves the step ${left}`, async (t) => {
    const at = host(t);
    const before = at.snapshot();
    await run(at, "a");
    const whole = at.snapshot();
    at.owner = "b";
    for (let n = 1; at.read("/etc/owned") !== "2\n"; n += 1) await at.runKilledAt(n, later);
    const { status, stderr } = await run(at, who, "undo", later);
    t.is(status, 0);
    t.deepEqual(at.snapshot(), who === "a" ? before : whole);
    if (who === "b") t.regex(stderr, /belongs to a on this host now: b leaves it as it is$/m);
  });

test("undo by another owner leaves a killed change of the owner as it is", async (t) => {
  const at = host(t);
  await run(at, "a");
  for (let n = 1; at.read("/etc/owned") !== "2\n"; n += 1) await at.runKilledAt(n, later);
  const half = at.snapshot();
  await run(at, "b", "undo", later);
  t.deepEqual(at.snapshot(), half);
});
