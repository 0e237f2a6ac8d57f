import type { RowsOf } from "./row.ts";

export const stack = {
  tags: {
    effect: "in place",
    text: "Every resource in AWS that has tags gets the new ones; nothing is replaced. A node's activation keeps those that it had.",
    to: { tags: { owner: "web team" } },
    steps: ["update *"],
    alone: true,
  },
  keep: {
    effect: "nothing",
    text: "Counts from the end of that `up`: run it before the `pulumi destroy` that is to keep something.",
    to: { keep: ["logs"] },
    steps: [],
    alone: true,
  },
} satisfies RowsOf<"keep" | "tags">;
