/** Identifiers and secrets shaped like AWS's own. Deterministic when made from a seed. */
import { randomBytes } from "node:crypto";

export interface Ids {
  /** `length` hexadecimal digits. */
  hex(length: number): string;
  /** For example `vpc-0a1b2c3d4e5f60718`: a prefix and 17 hexadecimal digits, the first one 0 as on AWS. */
  resource(prefix: string): string;
  uuid(): string;
  /** `length` characters out of `alphabet`. */
  text(length: number, alphabet: string): string;
}

/** FNV-1a, which spreads a seed over mulberry32's state. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const c of text) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 0x01000193);
  return h >>> 0;
}

/** mulberry32: small, and good enough for identifiers that only have to differ. */
function seeded(seed: string): () => number {
  let state = hash(seed);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % 256;
  };
}

/** Makes identifiers from the machine's randomness or, with a seed, the same ones each time. */
export function ids(seed?: string): Ids {
  const byte = seed === undefined ? () => randomBytes(1)[0] ?? 0 : seeded(seed);
  const text = (length: number, alphabet: string) =>
    Array.from({ length }, () => alphabet[byte() % alphabet.length]).join("");
  const hex = (length: number) => text(length, "0123456789abcdef");
  return {
    hex,
    text,
    resource: (prefix) => `${prefix}-0${hex(16)}`,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${text(1, "89ab")}${hex(3)}-${hex(12)}`,
  };
}
