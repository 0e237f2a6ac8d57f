/** Many faults of the tunnel in use, one after the other. */
import { steadyMs } from "../load/calm.ts";
import type { Outage } from "../load/load.ts";
import { guestFaults } from "./faults.ts";
import type { Guest } from "./guest.ts";
import { calm, hit, settled } from "./tunnels.ts";

export interface Suffered extends Outage {
  readonly fault: string;
}

/**
 * Each kind of fault in turn, from calm to calm.
 * @param count of faults, all kinds together
 * @param tell what each one cost
 */
export async function series(
  guest: Guest,
  count: number,
  tell: (line: string) => void,
): Promise<readonly Suffered[]> {
  const seen: Suffered[] = [];
  while (seen.length < count) {
    const fault = guestFaults[seen.length % guestFaults.length];
    if (!fault) break;
    await calm(guest);
    const used = await settled(guest);
    const outage = await hit(guest, fault, used);
    await fault.end(guest, used);
    const answersSince = Date.now();
    seen.push({ fault: fault.name, ...outage });
    tell(`${fault.name}: ${outage.seconds.toFixed(2)} s, ${outage.lost} packets`);
    await calm(guest);
    await new Promise((wake) => setTimeout(wake, Math.max(0, answersSince + steadyMs - Date.now())));
  }
  return seen;
}
