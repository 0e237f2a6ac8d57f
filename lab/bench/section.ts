/** docs/benchmarks.md: one section a measurement, each replaced by its next run. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";

export interface Section {
  /** Names it on the command line: `npm run bench -- NAME`. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The smallest value that this share of all values does not exceed. */
export const quantile = (values: readonly number[], q: number) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
};

/** What it ran on, as far as it matters. */
const machine = () =>
  `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split("-")[0]}, Node ${process.version}`;

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

export const table = ({ header, rows }: Section) =>
  [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");

const begin = (name: string) => `<!-- ${name}: begin -->`;
const end = (name: string) => `<!-- ${name}: end -->`;

function render(section: Section): string {
  const { name, title, text } = section;
  return `${begin(name)}
## ${title}

\`npm run bench -- ${name}\` on ${machine()}.

${text}

${table(section)}
${end(name)}`;
}

const preface = `# Benchmarks

What this project promises in figures, and what was measured by \`npm run bench\`; every section names the command that writes it.
`;

/** Puts the section in its place in the file, or at the end. */
export async function writeSection(path: string, section: Section): Promise<void> {
  const before = await readFile(path, "utf8").catch(() => preface);
  const rendered = render(section);
  const start = before.indexOf(begin(section.name));
  const stop = before.indexOf(end(section.name));
  const after =
    start >= 0 && stop > start
      ? before.slice(0, start) + rendered + before.slice(stop + end(section.name).length)
      : `${before.trimEnd()}\n\n${rendered}\n`;
  await writeFile(path, after);
}
