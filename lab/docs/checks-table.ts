import type { FoundCheck } from "../checks/check.ts";
import { checksIn, type folders } from "../checks/find.ts";

const sentence = (words: string) => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;

/** Returns a check's claim in Markdown: its title, then the details and the number of nodes that it needs. */
export function claim({ title, details, nodes = 1 }: Omit<FoundCheck<unknown>, "run">): string {
  const more = [details, nodes > 1 ? `Needs ${nodes} nodes` : undefined].filter(
    (words) => words !== undefined,
  );
  return [title, ...more].map(sentence).join(" ");
}

/** Returns the table of a folder's checks; checks of one round have the same number. */
export async function checksTable(folder: (typeof folders)[number]): Promise<string> {
  const inOrder = folder !== "by-name";
  const rows = (await checksIn(folder)).flatMap((round, i) =>
    round.map((check) => `| ${inOrder ? `${i + 1} | ` : ""}\`${check.name}\` | ${claim(check)} |`),
  );
  const head = inOrder
    ? ["| Round | Name | Claim |", "| --- | --- | --- |"]
    : ["| Name | Claim |", "| --- | --- |"];
  return [...head, ...rows].join("\n");
}
