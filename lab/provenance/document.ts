/** docs/lab-provenance.md. */
import { type Refusal, refusals } from "./refusals.ts";

const kinds = ["documented", "reported", "verified", "guessed"] as const;

const head = `# Sources of the simulated AWS's refusals

Written by \`npm run provenance\` from the source of the simulated AWS (\`lab/aws/\`); a test fails while it is out of date.

| Source | Meaning |
| --- | --- |
| documented | AWS's documentation, service models or source code name the rule or the code. The sentence may be ours |
| reported | AWS's answer, code and sentence, is in a public report, or in public code that is written against AWS |
| verified | AWS gave this answer to this project. None so far: the project has had no account |
| guessed | no source was found; the sentence follows AWS's pattern |

\`…\` stands for a value. Rules of the provider, which it checks before it calls AWS (a name too long, a number out of range), are in
the schema of each service and not listed here. Features that AWS has and the simulation does not are errors that say so.
`;

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const row = (...cells: readonly (string | number)[]): string =>
  `| ${cells.map((c) => cell(String(c))).join(" | ")} |`;

const districtOf = ({ service }: Refusal): string =>
  service.includes("/") ? service.slice(0, service.lastIndexOf("/")) : service;

function counts(label: string, all: readonly Refusal[]): string {
  return row(label, ...kinds.map((kind) => all.filter(({ seen }) => seen === kind).length), all.length);
}

function section(district: string, all: readonly Refusal[]): string {
  const rows = all.map(({ service, code, sentence, seen, source }) =>
    row(
      service.slice(district.length + 1) || service,
      `\`${code}\``,
      sentence === "" ? "(no sentence)" : sentence,
      source === "" ? seen : `${seen}: ${source}`,
    ),
  );
  return [
    `## ${district}`,
    "",
    row("Service", "Code", "Sentence", "Source"),
    row(...Array(4).fill("---")),
    ...rows,
    "",
  ].join("\n");
}

export function provenanceDocument(): string {
  const all = refusals();
  const districts = Map.groupBy(all, districtOf);
  const services = Map.groupBy(all, ({ service }) => service);
  return [
    head,
    row("Service", ...kinds, "all"),
    row("---", ...Array(5).fill("---:")),
    ...[...services].map(([service, own]) => counts(service, own)),
    counts("**all**", all),
    "",
    ...[...districts].map(([district, own]) => section(district, own)),
  ].join("\n");
}
