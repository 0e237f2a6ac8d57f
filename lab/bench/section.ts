/** docs/benchmarks.md: one section per measurement, each replaced by its next run. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";

export interface Section {
  /** Names it on the command line: `npm run bench -- NAME`. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What was to be reached and was not, a phrase each. Default: nothing. `npm run bench` then ends with status 1. */
  readonly missed?: readonly string[];
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

/** Median, p99 and the largest of some values, as a cell. */
export const spread = (values: readonly number[], digits: number) =>
  values.length === 0
    ? "none"
    : [median(values), quantile(values, 0.99), Math.max(...values)].map((v) => v.toFixed(digits)).join(" / ");

/** What 99 of 100 faults of a tunnel may cost at most, from the site to AWS. */
export const promisedSeconds = 1;

/** The promise as far as these outages miss it. */
export function tooLong(outages: readonly number[]): readonly string[] {
  const p99 = quantile(outages, 0.99);
  return p99 > promisedSeconds ? [`site → AWS p99 is ${p99.toFixed(2)} s`] : [];
}

/** What it ran on, as far as it matters. */
const machine = () =>
  `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split("-")[0]}, Node ${process.version}`;

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

export const table = ({ header, rows }: Section) =>
  [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");

const begin = (name: string) => `<!-- ${name}: begin -->`;
const end = (name: string) => `<!-- ${name}: end -->`;

/** What it is about, and in plain words what of it is missed. */
export const explained = ({ text, missed = [] }: Section) =>
  missed.length === 0 ? text : `${text}\n\n**Not reached:** ${missed.join("; ")}.`;

export const render = (section: Section): string => `${begin(section.name)}
## ${section.title}

\`npm run bench -- ${section.name}\` on ${machine()}.

${explained(section)}

${table(section)}
${end(section.name)}`;

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
