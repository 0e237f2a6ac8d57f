/** How long the simulated AWS takes for a change, so that what is begun side by side ends in another order with each seed. */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";

export interface Pace {
  /** Milliseconds for a second of AWS's. */
  readonly msPerSecond: number;
  /** Resolves when AWS begins to carry out the change. */
  readonly wait: (call: "create" | "update" | "delete", type: string, name: string) => Promise<void>;
}

/** AWS does everything at once, and a second is a second. */
export const atOnce: Pace = { msPerSecond: 1000, wait: async () => undefined };

const longestSeconds = 3;

/** A number from 0 to 1, the same for the same text. */
function fraction(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
}

/**
 * Returns a pace of 0 to 3 s for each change, the same for the same seed whatever the order of the calls. Half of them take
 * less than 0.4 s, so that a long one among them is overtaken.
 */
export function randomPace(seed: number, msPerSecond: number): Pace {
  return {
    msPerSecond,
    wait: (call, type, name) =>
      setTimeout(fraction([seed, call, type, name].join()) ** 3 * longestSeconds * msPerSecond),
  };
}
