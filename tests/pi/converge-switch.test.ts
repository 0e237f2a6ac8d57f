import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { rootProgram } from "../../pi/converge.ts";
import type { Step } from "../../pi/step.ts";
import { ScratchRoot } from "../support/scratch-root.ts";

const step: Step = {
  name: "cutting",
  files: [{ path: "/etc/route", mode: "644", content: "new\n" }],
  apply: `cp "$ROOT/etc/route" "$ROOT/run/route"`,
  verify: `[ "$(cat "$ROOT/run/route")" = "$(cat "$ROOT/etc/route")" ]`,
  undo: `rm -f "$ROOT/run/route"`,
  settleSeconds: 0,
  deadMansSwitchSeconds: 15,
};
const former: Step = { ...step, files: [{ path: "/etc/route", mode: "644", content: "old\n" }] };

/** Exists until the program or the dead man has decided. */
const program = "/var/lib/ecs-anywhere-hybrid/cutting/program";

const connection = "192.168.1.50 40000 192.168.1.101 22";

/** A host where the dead man's 15 s are over when the test says so; with systemd or without. */
function host(t: ExecutionContext, systemd: boolean): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  fs.mkdirSync(host.path("/etc/systemd/system/multi-user.target.wants"), { recursive: true });
  host.fake(
    "sleep",
    `
[ "$1" = 15 ] || exec /bin/sleep "$1"
while [ ! -e "$ROOT/run/time-is-up" ]; do
  [ -d "$ROOT" ] || exit 1
  /bin/sleep 0.05
done
`,
  );
  host.fake(
    "systemd-run",
    systemd
      ? `while [ "$1" != sh ]; do shift; done
export ROOT
setsid sh -c '"$@"; : >"$ROOT/run/ended"' sh "$@" >/dev/null 2>&1 </dev/null &`
      : "exit 1",
  );
  return host;
}

/** `ss` as it answers while the client's acknowledgements arrive, or after the change has cut them off. */
function ssh(host: ScratchRoot, carries: boolean): void {
  host.fake(
    "ss",
    `
sent=$(cat "$ROOT/run/sent" 2>/dev/null || echo 1000)
echo $((sent + 100)) >"$ROOT/run/sent"
echo "ESTAB 0 ${carries ? 0 : 200} 192.168.1.101:22 192.168.1.50:40000"
echo "	 cubic rto:204 bytes_sent:$sent bytes_acked:${carries ? "$sent" : 1000} segs_out:3"
`,
  );
}

/** Runs root's half of the step, which then hangs in `verify`. Returns a function that kills it with all its children. */
function hang(host: ScratchRoot): () => void {
  const child = spawn(
    "dash",
    ["-c", 'PROGRAM=$(cat) && eval "$PROGRAM"', "ecs-anywhere-hybrid", "converge"],
    {
      env: host.environment,
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  child.stdin.end(rootProgram({ ...step, verify: "exec /bin/sleep 60" }, { root: host.root }));
  return () => process.kill(-(child.pid ?? 0), "SIGKILL");
}

const until = async (condition: () => boolean) => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (condition()) return true;
    await sleep(50);
  }
  return false;
};

for (const systemd of [true, false]) {
  const where = systemd ? "a systemd unit" : "a process of its own";
  test(`a run that is killed before it is confirmed is put back by ${where}`, async (t) => {
    const at = host(t, systemd);
    await at.succeed(former);
    const before = at.snapshot();
    const kill = hang(at);
    t.true(await until(() => at.exists("/run/route") && at.read("/run/route") === "new\n"));
    kill();
    at.write("/run/time-is-up", "");
    t.true(await until(() => at.read("/run/route") === "old\n" && !at.exists(program)));
    t.deepEqual(at.snapshot(), before);
  });
}

test("the dead man ends a run that hangs, and reverts its change", async (t) => {
  const at = host(t, true);
  await at.succeed(former);
  const before = at.snapshot();
  hang(at);
  t.true(await until(() => at.read("/run/route") === "new\n"));
  at.write("/run/time-is-up", "");
  t.true(await until(() => at.read("/run/route") === "old\n"));
  t.true(await until(() => !at.exists(program)));
  t.deepEqual(at.snapshot(), before);
});

test("confirmed by the SSH connection, the change stays and the dead man is gone", async (t) => {
  const at = host(t, true);
  ssh(at, true);
  const { status, stderr, result } = await at.run(step, "converge", { SSH_CONNECTION: connection });
  t.is(status, 0, stderr);
  t.deepEqual(result?.changed, ["/etc/route"]);
  t.deepEqual(fs.readdirSync(at.path("/run/ecs-anywhere-hybrid")).sort(), ["cutting.log", "lock"]);
  t.true(at.calls().includes("ss -Htin sport = :22 and dport = :40000 and dst 192.168.1.50"));
  at.write("/run/time-is-up", "");
  t.true(await until(() => at.exists("/run/ended")));
  t.is(at.read("/etc/route"), "new\n");
  t.deepEqual((await at.succeed(step)).changed, []);
});

test("a change that cuts the SSH connection is reverted, even without the dead man", async (t) => {
  const at = host(t, false);
  await at.succeed(former);
  const before = at.snapshot();
  // The program waits 0.1 s a hundred times.
  at.fake("sleep", '[ "$1" = 0.1 ] || exec /bin/sleep "$1"');
  ssh(at, false);
  const { status, stderr } = await at.run(step, "converge", { SSH_CONNECTION: connection });
  t.is(status, 1);
  t.regex(stderr, /SSH connection: no byte came through after the change: must not be cut/);
  t.deepEqual(at.snapshot(), before);
  t.is(at.read("/run/route"), "old\n");
});

test("where the connection cannot be measured, verify decides alone", async (t) => {
  const at = host(t, false);
  at.fake("ss", "exit 127");
  t.is((await at.run(step, "converge", { SSH_CONNECTION: connection })).status, 0);
  await at.succeed(step, "undo");
  t.is((await at.run(step)).status, 0);
});

/** The command that the remaining unit runs at boot. */
const boot = (host: ScratchRoot) => {
  const unit = "/etc/systemd/system/multi-user.target.wants/ecs-anywhere-hybrid-switch-cutting-boot.service";
  const [, command = "", ...args] = /^ExecStart=(\S+) (\S+) (\S+)$/m.exec(host.read(unit)) ?? [];
  execFileSync(command, args, { env: host.environment, stdio: "ignore" });
};

test("after a power cut before the confirmation, the next boot reverts the change", async (t) => {
  const at = host(t, true);
  await at.succeed(former);
  const before = at.snapshot();
  const kill = hang(at);
  t.true(await until(() => at.exists("/run/route") && at.read("/run/route") === "new\n"));
  kill();
  at.boot("second");
  at.write("/run/route", "new\n");
  boot(at);
  t.is(at.read("/run/route"), "old\n");
  t.deepEqual(at.snapshot(), before);
});

test("a power cut in a host's first change leaves nothing of it either", async (t) => {
  const at = host(t, true);
  const before = at.snapshot();
  const kill = hang(at);
  t.true(await until(() => at.exists("/run/route")));
  kill();
  at.boot("second");
  boot(at);
  t.deepEqual(at.snapshot(), before);
});

test("after a power cut the next run takes over, too", async (t) => {
  const at = host(t, true);
  const kill = hang(at);
  t.true(await until(() => at.exists("/run/route")));
  kill();
  at.boot("second");
  await at.succeed(step);
  t.false(at.exists(program));
  t.deepEqual(fs.readdirSync(at.path("/etc/systemd/system/multi-user.target.wants")), []);
  t.is(at.read("/etc/route"), "new\n");
});

test("the next run takes over from the dead man", async (t) => {
  const at = host(t, true);
  const kill = hang(at);
  t.true(await until(() => at.exists("/run/route")));
  kill();
  const { deadMansSwitchSeconds: _, ...unguarded } = step;
  await at.succeed(unguarded);
  at.write("/run/time-is-up", "");
  t.true(await until(() => at.exists("/run/ended")));
  t.is(at.read("/etc/route"), "new\n");
  t.is(at.read("/run/route"), "new\n");
});
