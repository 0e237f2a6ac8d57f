import { script } from "../script.ts";
import type { Script } from "../step.ts";

/** Fails unless the host runs a system that the steps know. For steps without shell files of their own. */
export const supportedSystem: Script = `${script("shared/supported-host.sh")}require_supported_system\n`;
