import type { Problem } from "../../limits/problem.ts";
import type { HybridConfig } from "../schema.ts";

/** A pure function from a configuration that satisfies the schema to the problems that it finds. */
export type Rule = (config: HybridConfig, region: string) => readonly Problem[];
