import { until } from "../world/run.ts";
import type { Guest } from "./guest.ts";
import { patience } from "./tunnels.ts";

/**
 * Returns name, state and received bytes of each tunnel, as the step's own program says. It asks again where charon does not
 * answer in time: the processor is a slow one.
 */
export async function status(guest: Guest): Promise<readonly (readonly string[])[]> {
  const said = await until(
    async () => {
      const { code, stdout } = await guest.ask(["/usr/local/lib/ecs-anywhere-hybrid/vpn-status"]);
      return code === 0 ? stdout : undefined;
    },
    () => new Error("charon does not answer"),
    { seconds: patience },
  );
  return said
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
}

/** Returns the bytes that a tunnel has received. */
export const received = async (guest: Guest, n: 1 | 2) => Number((await status(guest))[n - 1]?.[2]);
