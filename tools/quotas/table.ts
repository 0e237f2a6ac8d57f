/** What a stack uses of an account's quotas, as a table for a terminal, which is also a table in Markdown. */
import { moreCommand, type Quota, quotas, usesOf } from "../../limits/quotas.ts";
import { grid } from "../grid.ts";
import type { Program } from "../program/registered.ts";

export function table({ region, resources }: Program): string {
  const uses = usesOf(resources).map(({ quota, used }) => ({ used, ...(quotas[quota] as Quota) }));
  const rows = uses.map(({ what, used, value, more }) => [
    what,
    String(used),
    String(value),
    /per (Region|account)/.test(what) ? String(Math.floor(value / used)) : "",
    "code" in more ? `${more.service} ${more.code}` : "",
  ]);
  const [tightest] = uses.toSorted((one, other) => one.value / one.used - other.value / other.used);
  const remedies = uses.flatMap(({ what, more }) =>
    "remedy" in more ? [`More of "${what}": ${more.remedy}.`] : [],
  );
  return [
    grid(
      [["Quota", "Stack", "Default", "Such stacks", "Service and code"], ...rows],
      [false, true, true, true, false],
    ),
    `"Default" is what a new account has in ${region}; "Such stacks" is how many like this one fit, if nothing else is there. What
yours has: \`aws service-quotas get-service-quota --service-code SERVICE --quota-code CODE\`. More, which AWS may take days to grant:
\`${tightest && "code" in tightest.more ? moreCommand(tightest.more, 2 * tightest.value) : ""}\``,
    ...remedies,
  ].join("\n\n");
}
