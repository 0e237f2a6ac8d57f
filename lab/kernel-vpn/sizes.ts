/** AWS's figures for AES-GCM behind NAT, in bytes. */
import type { Guest } from "./guest.ts";
import { sides } from "./home.ts";

export const sizes = { mtu: 1438, mss: 1398, wire: 1500 };
/** TCP's timestamps, in each segment. */
export const timestamps = 12;

/** Makes both sides forget what they have learned of the path. */
export const forgetSizes = (guest: Guest): Promise<unknown> =>
  Promise.all(
    Object.values(sides).map(({ netns }) => guest.run(["ip", "-n", netns, "route", "flush", "cache"])),
  );
