import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "ava";
import { acquireLock } from "../../../lab/world/lock.ts";

const name = "\0ecs-anywhere-hybrid-lab-test";

test("a second run is refused with the name of the first, and may run once that was killed", async (t) => {
  const lock = new URL("../../../lab/world/lock.ts", import.meta.url).href;
  const program = `const { acquireLock } = await import("${lock}");
    await acquireLock(${JSON.stringify(name)}); console.log("held"); setInterval(() => {}, 1000);`;
  const first = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  t.teardown(() => first.kill("SIGKILL"));
  await once(first.stdout, "data");
  await t.throwsAsync(acquireLock(name), { message: new RegExp(`process ${first.pid} runs the lab`) });
  first.kill("SIGKILL");
  await once(first, "exit");
  const release = await acquireLock(name);
  release();
});
