/** The answer of AWS, or of the simulated AWS, to a case. */
import { Aws } from "../aws/aws.ts";
import type { Case, Value } from "./cases.ts";

export const accepted = "accepted";

/** Returns code and sentence of a provider's error. AWS SDK for Go puts "api error" before codes without their own type. */
export function answerOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, answer = message] = /RequestID: [^,]+, (?:api error )?([\w.]+: ?[^\n]*)/.exec(message) ?? [];
  return answer
    .replaceAll(/\b(vpc|vgw|vpn)-[0-9a-f]{8,17}\b/g, "$1-ID")
    .replaceAll(/(arn:aws:iam::)\d{12}:/g, "$1ACCOUNT:")
    .trim();
}

/** Replaces each `{ idOf: name }` by the result of `idOf` for the name. */
export function resolved(value: Value, idOf: (name: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one: Value) => resolved(one, idOf));
  if (typeof value !== "object") return value;
  if ("idOf" in value && typeof value.idOf === "string") return idOf(value.idOf);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, idOf)]));
}

/** Runs a case against an empty simulated account in this process. */
export function simulatedAnswer({ given, refused }: Case, region: string): string {
  const aws = new Aws({ region, account: "123456789012" });
  const ids = new Map<string, string>();
  try {
    for (const [name, [type, inputs]] of Object.entries({ ...given, refused })) {
      const asked = resolved(inputs, (other) => ids.get(other)) as Record<string, unknown>;
      const { inputs: checked, failures } = aws.check(type, name, {}, asked);
      if (failures[0]) return `${failures[0].property}: ${failures[0].reason}`;
      ids.set(name, aws.create(type, checked).id);
    }
    return accepted;
  } catch (error) {
    return answerOf(error);
  }
}
