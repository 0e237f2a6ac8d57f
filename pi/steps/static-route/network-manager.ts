import { script } from "../../script.ts";
import type { Script } from "../../step.ts";

/** The shared functions as a string, for a step whose shell is in strings. They need `interface`. */
export const findManager: Script = script("shared/network-manager.sh");
