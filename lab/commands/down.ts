import { rmSync } from "node:fs";
import { inOrder } from "../progress.ts";
import { acquireLock } from "../world/lock.ts";
import { paths } from "../world/paths.ts";
import * as world from "../world/world.ts";

/** Takes the lab down; what was costly to build (system, engine, images) stays in `.lab` for the next time. */
export async function down(): Promise<number> {
  const release = await acquireLock();
  try {
    await inOrder([
      {
        title: "Hosts, network, simulated AWS: down",
        run: async () => {
          await world.down();
          for (const path of [paths.pulumi, paths.aws, paths.settings]) {
            rmSync(path, { recursive: true, force: true });
          }
        },
      },
    ]);
    return 0;
  } finally {
    release();
  }
}
