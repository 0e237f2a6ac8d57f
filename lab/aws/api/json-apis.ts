/** AWS's JSON APIs, found by folder: every export of a file in `json/` that is a JSON API. */
import { exportsBelow } from "../found.ts";
import type { JsonApi, Operation } from "./call.ts";

const found = await exportsBelow(new URL("json/", import.meta.url));
export const jsonApis = found.filter(
  (one): one is JsonApi => typeof one === "object" && one !== null && "target" in one && "operations" in one,
);

/** Returns an operation by the two halves of the header X-Amz-Target. */
export const jsonOperation = (target: string, name: string): Operation | undefined =>
  jsonApis.find((api) => api.target === target && Object.hasOwn(api.operations, name))?.operations[name];

/** Returns the part of an IAM action before the operation's name. */
export const iamPrefix = (target: string): string | undefined =>
  jsonApis.find((api) => api.target === target)?.prefix;
