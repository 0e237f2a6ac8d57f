/** The stack's own tags. */
import { tagProblems } from "../../limits/tags.ts";
import type { Rule } from "./rule.ts";

const ownTags: Rule = ({ tags }) => tagProblems("tags", tags);

export const tagRules: readonly Rule[] = [ownTags];
