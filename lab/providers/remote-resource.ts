import type { Values } from "./values.ts";

/** The operations of a stand-in's resource, as the engine calls them; values may contain secrets. */
export interface RemoteResource {
  /** Returns what is wrong with the inputs, whose secrets are unencrypted. */
  issues(news: unknown): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
  /** Returns the names of the inputs that changed. */
  diff(olds: Values, news: Values): readonly string[];
  create(urn: string, news: Values): Promise<{ readonly id: string; readonly outs: Values }>;
  /** @returns the new outputs */
  update(urn: string, olds: Values, news: Values): Promise<Values>;
  delete(urn: string, olds: Values): Promise<void>;
}
