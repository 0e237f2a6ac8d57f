/** What concerns the stack as a whole, before and after its districts are built. */
import type { HybridConfig } from "../config/schema.ts";
import { refuseWhatIsThere } from "./existing.ts";
import { ownResources, refuseChanges } from "./former.ts";
import { keep } from "./keep.ts";
import { countResources } from "./quotas.ts";
import { tagAll } from "./tags.ts";

export interface Prepared {
  /** Says what a destroy would leave, and warns of exceeded quotas. Call it when all resources have been registered. */
  readonly report: () => void;
}

/**
 * Refuses what AWS cannot carry out, and sees to it that all resources get the stack's tags, and that AWS keeps those that
 * the stack file asks to keep. Call it before the first resource.
 *
 * @throws InvalidInput with all reasons
 */
export async function prepare(config: HybridConfig & { readonly region: string }): Promise<Prepared> {
  const own = await ownResources();
  refuseChanges(config, own);
  await refuseWhatIsThere(config);
  tagAll(config.tags);
  const keeping = await keep(config, own);
  const quotas = countResources();
  return {
    report: () => {
      keeping.say();
      quotas.warn();
    },
  };
}
