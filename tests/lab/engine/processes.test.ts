import { spawn } from "node:child_process";
import test from "ava";
import { firstLine, isAlive, stop } from "../../../lab/engine/processes.ts";

test("stop asks, then kills; it succeeds if the process is gone", async (t) => {
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

test("a child that prints nothing or ends is not awaited", async (t) => {
  await t.throwsAsync(firstLine(spawn("sh", ["-c", "exit 2"]), "early", 5), {
    message: "early: ended with status 2",
  });
  const silent = spawn("sleep", ["60"]);
  await t.throwsAsync(firstLine(silent, "silent", 0.1), { message: "silent: printed nothing within 0.1 s" });
  silent.kill();
});
