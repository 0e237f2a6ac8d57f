/** How a service reads other resources. */
import { z } from "zod";
import type { Resource, Store } from "../../account.ts";
import type { AwsError } from "../../errors.ts";
import type { Kind } from "../../kind.ts";

/** Returns a resource. Throws `missing` if it does not exist. */
export function need<I>(store: Store, kind: Kind<I>, id: string, missing: AwsError): Resource<I> {
  const found = kind.get(store, id);
  if (!found) throw missing;
  return found;
}

/** Throws `error` while another resource holds the resource `id`. */
export function rejectWhileHeld(store: Store, id: string, error: AwsError): void {
  if (store.holders(id).length > 0) throw error;
}

/** Returns the text of an output, which the state file keeps untyped. */
export const text = (resource: Resource<unknown> | undefined, output: string): string =>
  z.string().catch("").parse(resource?.outputs[output]);
