import type { RowsOf } from "./row.ts";

export const stack = {
  tags: {
    effect: "in place",
    text: "Every resource in AWS that has tags gets the new ones; nothing is replaced. A node's activation keeps those that it had.",
    to: { tags: { owner: "web team" } },
    steps: [],
  },
} satisfies RowsOf<"tags">;
