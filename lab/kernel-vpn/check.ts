import type { CheckFile, FoundCheck } from "../checks/check.ts";
import { checkFiles } from "../checks/find.ts";
import type { Format } from "./gateway.ts";
import type { Guest } from "./guest.ts";

/** Looks at the gateway in the guest, in one format. */
type Run = (guest: Guest, format: Format) => Promise<string>;

/** Declares the check of a file in `checks/`: `export default kernelCheck({ … })`. */
export function kernelCheck(file: CheckFile<Run>): CheckFile<Run> {
  return file;
}

/** Returns the checks of the kernel data path in their order. */
export function kernelChecks(): Promise<readonly (readonly FoundCheck<Run>[])[]> {
  return checkFiles<Run>(new URL("checks/", import.meta.url));
}
