/** Commands that start an engine or read its results, while another run of the lab is at work. */
import test from "ava";
import { preview } from "../../../lab/commands/preview.ts";
import { state } from "../../../lab/commands/state.ts";
import { acquireLock } from "../../../lab/world/lock.ts";

// If a lab is at work on this machine just now, it serves as well.
const held = async () => await acquireLock().catch(() => () => undefined);

for (const [name, command] of [
  ["state", state],
  ["preview", () => preview(["home"])],
] as const) {
  test.serial(`${name} is refused: its engine would end the other one's provider`, async (t) => {
    const release = await held();
    try {
      await t.throwsAsync(command(), { message: /process \S+ runs the lab on this machine/ });
    } finally {
      release();
    }
  });
}
