import { script } from "../script.ts";
import type { Script } from "../step.ts";

/** Defines `is_private ADDRESS`, for programs that are installed on the host. */
export const isPrivate: Script = script("shared/private-address.sh");
