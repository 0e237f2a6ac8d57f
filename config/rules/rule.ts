import type { Problem } from "../errors.ts";
import type { HybridConfig } from "../schema.ts";

/** A pure function from a configuration that satisfies the schema to the problems it finds. */
export type Rule = (config: HybridConfig, region: string) => readonly Problem[];
