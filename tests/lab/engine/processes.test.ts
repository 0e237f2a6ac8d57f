import { spawn } from "node:child_process";
import test from "ava";
import { firstLine, isAlive, run, stop } from "../../../lab/engine/processes.ts";

test("run gives stdout, feeds stdin and passes lines on", async (t) => {
  const lines: string[] = [];
  const output = await run("sh", ["-c", "cat; echo aside >&2"], {
    stdin: "a\nb\n",
    onLine: (line) => lines.push(line),
  });
  t.is(output, "a\nb\n");
  t.deepEqual(lines.toSorted(), ["a", "aside", "b"]);
});

test("a command that fails, is missing or falls silent is an error that says so", async (t) => {
  await t.throwsAsync(run("sh", ["-c", "echo why >&2; exit 3"]), {
    message: "sh -c: ended with status 3\nwhy",
  });
  await t.throwsAsync(run("no-such-command", []), { message: /ENOENT/ });
  await t.throwsAsync(run("sleep", ["60"], { silenceSeconds: 0.1 }), {
    message: /^sleep 60: said nothing for 0.1 s/,
  });
});

test("stop asks, then kills; and ends well when nothing is there", async (t) => {
  const child = spawn("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  t.is(await firstLine(child, "stubborn", 5), "ready");
  const pid = child.pid ?? 0;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  await stop(pid, "SIGTERM", 0.1);
  await exited;
  t.false(isAlive(pid));
  await stop(pid, "SIGTERM", 0.1);
});

test("a child that prints nothing or ends is not waited for", async (t) => {
  await t.throwsAsync(firstLine(spawn("sh", ["-c", "exit 2"]), "early", 5), {
    message: "early: ended with status 2",
  });
  const silent = spawn("sleep", ["60"]);
  await t.throwsAsync(firstLine(silent, "silent", 0.1), { message: "silent: printed nothing within 0.1 s" });
  silent.kill();
});
