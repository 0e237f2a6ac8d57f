/**
 * Property values as the engine sends them to a provider: plain JSON, except that a secret is wrapped and a value not
 * yet known (in a preview) is a marker. The markers are part of Pulumi's provider protocol.
 */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Values = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the value marked as a secret, so that the engine encrypts it in the state. A secret stays as it is. */
export const secret = (value: unknown): unknown =>
  isRecord(value) && value[SIGNATURE] === SECRET ? value : { [SIGNATURE]: SECRET, value };

/** Returns the value with every secret inside it unwrapped. */
export function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isRecord(value)) return value;
  if (value[SIGNATURE] === SECRET) return reveal(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}

/** Returns whether a part of the value is not yet known. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isRecord(value) && Object.values(value).some(hasUnknown);
}
