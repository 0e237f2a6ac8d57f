import { rmSync } from "node:fs";
import { inOrder } from "../progress.ts";
import { locked } from "../world/lock.ts";
import { paths } from "../world/paths.ts";
import * as world from "../world/world.ts";

/** Removes the stack's state and its account: neither is of use without the other. */
export function forgetStack(): void {
  for (const path of [paths.pulumi, paths.aws]) rmSync(path, { recursive: true, force: true });
}

/** Hosts, network, simulated AWS and the stack on them; what was costly to build (system, engine, images) stays in `.lab`. */
export async function takeDown(): Promise<void> {
  await world.down();
  forgetStack();
}

/** Takes the lab down and forgets its settings. */
export async function down(): Promise<number> {
  const run = async () => {
    await takeDown();
    rmSync(paths.settings, { force: true });
  };
  await locked(() => inOrder([{ title: "Hosts, network, simulated AWS: down", run }]));
  return 0;
}
