import { sides } from "./home.ts";

/** Returns the command by which one side pings the other. */
export const ping = (from: keyof typeof sides, to: keyof typeof sides): string =>
  `ip netns exec ${sides[from].netns} ping -q -n -c 4 -i 0.2 -W 2 ${sides[to].address}`;
