import { rmSync } from "node:fs";
import { inOrder } from "../progress.ts";
import { locked } from "../world/lock.ts";
import { paths } from "../world/paths.ts";
import * as world from "../world/world.ts";

/** Takes the lab down; what was costly to build (system, engine, images) stays in `.lab` for the next time. */
export async function down(): Promise<number> {
  const takeDown = async () => {
    await world.down();
    for (const path of [paths.pulumi, paths.aws, paths.settings]) {
      rmSync(path, { recursive: true, force: true });
    }
  };
  await locked(() => inOrder([{ title: "Hosts, network, simulated AWS: down", run: takeDown }]));
  return 0;
}
