/** Small questions about property values in Pulumi's wire format. */
import { isDeepStrictEqual } from "node:util";

/** How Pulumi's wire format writes a value that is not known yet (`rpc.unknownValue` in its SDK). */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isRecord(value)) return Object.values(value).some(containsUnknown);
  return value === unknownValue;
}

export function containsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsSecret);
  if (!isRecord(value)) return false;
  return value[signature] === secretSignature || Object.values(value).some(containsSecret);
}

/** Returns the value without Pulumi's wrappers: secrets in plain text, resources as their ids, nulls removed. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (value[signature] === secretSignature) return plain(value.value);
  if (value[signature] === resourceSignature) return plain(value.id);
  return plainRecord(value);
}

export const plainRecord = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key, v]) => v !== null && v !== undefined && !key.startsWith("__"))
      .map(([key, v]) => [key, plain(v)]),
  );

/** Returns `value` as a secret in Pulumi's wire format. */
export const secret = (value: unknown) => ({ [signature]: secretSignature, value });

export function parsedJson(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether two JSON documents mean the same. */
export const sameJson = (a: unknown, b: unknown): boolean => isDeepStrictEqual(parsedJson(a), parsedJson(b));

/** Whether the text `needle` is one of the values in `value`, at any depth. */
export function mentions(value: unknown, needle: string): boolean {
  if (Array.isArray(value)) return value.some((v) => mentions(v, needle));
  if (isRecord(value)) return Object.values(value).some((v) => mentions(v, needle));
  return value === needle;
}
