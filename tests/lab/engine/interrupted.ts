/**
 * A stack's up in a process of its own, which a test interrupts with Ctrl-C: argv is the lab's folder and a connection.
 */
import { join } from "node:path";
import { Command } from "@pulumi/command/remote/command.js";
import type { remote } from "@pulumi/command/types/input.js";
import { findEngine } from "../../../lab/engine/engine.ts";
import { labStack } from "../../../lab/engine/stack.ts";

const [lab = "", json = ""] = process.argv.slice(2);
const connection = JSON.parse(json) as remote.ConnectionArgs;
const engine = await findEngine(join(import.meta.dirname, "../../../.lab/engine"));
if (engine === undefined) throw new Error("no engine");

const program = async () => {
  const first = new Command("first", { connection, create: `: >${lab}/begun; sleep 1; echo done` });
  new Command("second", { connection, create: "echo done" }, { dependsOn: first });
};
const stack = await labStack({ engine, lab, name: "test", program });
const ended = await stack.up({ onOutput: console.log }).then(
  () => "well",
  (error: unknown) => String(error),
);
console.log(`ended: ${ended}`);
console.log(await stack.export());
await stack.close();
