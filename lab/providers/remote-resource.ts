import type { Values } from "./values.ts";

/** What a resource of the stand-in does, as the engine asks for it; values may hold secrets. */
export interface RemoteResource {
  /** What is wrong with the inputs; secrets lie open. */
  issues(news: unknown): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
  /** Names of the inputs that changed. */
  diff(olds: Values, news: Values): readonly string[];
  create(urn: string, news: Values): Promise<{ readonly id: string; readonly outs: Values }>;
  /** @returns the new outputs */
  update(urn: string, olds: Values, news: Values): Promise<Values>;
  delete(urn: string, olds: Values): Promise<void>;
}
