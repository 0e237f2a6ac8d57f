import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test from "ava";
import { firstLine } from "../../../lab/engine/processes.ts";
import { engineAddress } from "../../../lab/providers/plugin.ts";

const program = join(import.meta.dirname, "../../../lab/providers/tls.ts");

test("a plugin whose engine is gone ends on its own", async (t) => {
  // Its parent is not the engine that it gets: as if that one had died.
  const plugin = spawn(process.execPath, [program], { env: { ...process.env, LAB_ENGINE_PID: "1" } });
  t.regex(await firstLine(plugin, "tls", 20), /^\d+$/);
  t.deepEqual(await once(plugin, "exit"), [1, null]);
});

test("the engine's address is found among a plugin's arguments", (t) => {
  t.is(engineAddress(["--logtostderr", "-v=3", "127.0.0.1:4711"]), "127.0.0.1:4711");
  t.is(engineAddress([]), undefined);
});
