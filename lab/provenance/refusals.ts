/** Every refusal of the simulated AWS, read from its code: error code, sentence and source. */
import { readdirSync, readFileSync } from "node:fs";

export interface Refusal {
  /** Below `lab/aws`, without `services/` and extension: `network/vpc`. */
  readonly service: string;
  readonly code: string;
  /** With `…` for values; empty where AWS sends none. */
  readonly sentence: string;
  readonly seen: "documented" | "reported" | "verified" | "guessed";
  /** Empty for a guess. */
  readonly source: string;
}

const folder = new URL("../aws/", import.meta.url);
const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Returns the index after the string that begins at `start`; a template may contain strings of its own in `${…}`. */
function endOfString(text: string, start: number): number {
  const quote = text[start];
  let at = start + 1;
  while (text[at] !== quote) {
    if (text[at] === "\\") at += 2;
    else if (quote === "`" && text.startsWith("${", at)) at = endOfBracket(text, at + 1);
    else at += 1;
  }
  return at + 1;
}

/** Returns the index after the bracket that closes the one at `start`. */
function endOfBracket(text: string, start: number): number {
  const end = closing[text[start] ?? ""];
  let at = start + 1;
  while (text[at] !== end) at = after(text, at);
  return at + 1;
}

function after(text: string, at: number): number {
  const character = text[at];
  if (character === undefined) throw new Error("a bracket or a string has no end");
  if (character in closing) return endOfBracket(text, at);
  return `"'\``.includes(character) ? endOfString(text, at) : at + 1;
}

/** Returns the arguments of the call whose bracket opens at `open`, as they are in the source. */
function argumentsOf(text: string, open: number): string[] {
  const end = endOfBracket(text, open) - 1;
  const found: string[] = [];
  let start = open + 1;
  for (let at = start; at < end; at = after(text, at))
    if (text[at] === ",") {
      found.push(text.slice(start, at).trim());
      start = at + 1;
    }
  return [...found, text.slice(start, end).trim()].filter((argument) => argument !== "");
}

/** Returns the text of a literal, with `…` for values that are only known at run time. */
function textOf(expression: string): string {
  if (!/^["`]/.test(expression)) return "…";
  let text = "";
  for (let at = 1; at < expression.length - 1; ) {
    const isValue = expression[0] === "`" && expression.startsWith("${", at);
    const next = isValue ? endOfBracket(expression, at + 1) : at + 1;
    text += isValue ? "…" : expression[at];
    at = next;
  }
  return text.replaceAll('\\"', '"');
}

/** The functions of a file that make an error of one code: `(sentence: string, provenance: Provenance) => …`. */
const maker =
  /const (\w+) = \(sentence: string, provenance: Provenance\) =>\s*new AwsError\("([^"]+)", sentence, provenance\)/g;

function refusalOf(service: string, code: string, sentence: string, provenance = ""): Refusal {
  const [, seen, source = '""'] =
    /^(documented|reported|guessed)(?:\(\s*(".*")\s*,?\s*\))?$/s.exec(provenance) ?? [];
  if (seen !== "documented" && seen !== "reported" && seen !== "guessed")
    throw new Error(`${service}: ${code}: ${provenance}: the provenance must be written at the refusal`);
  return { service, code, sentence: textOf(sentence), seen, source: textOf(source) };
}

function refusalsIn(service: string, text: string, shared: ReadonlyMap<string, string>): Refusal[] {
  const own = [...text.matchAll(maker)].map(([, name = "", code = ""]) => [name, code] as const);
  const makers = new Map([...shared, ...own]);
  // A maker gets the sentence and the provenance from its callers.
  const calls = text.replaceAll(maker, "");
  const names = ["new AwsError", ...makers.keys()].join("|");
  return [...calls.matchAll(new RegExp(`(?<![\\w.])(${names})\\(`, "g"))].map((match) => {
    const given = argumentsOf(calls, match.index + match[0].length - 1);
    const code = makers.get(match[1] ?? "");
    return code === undefined
      ? refusalOf(service, textOf(given[0] ?? ""), given[1] ?? "", given[2])
      : refusalOf(service, code, given[0] ?? "", given[1]);
  });
}

/** Returns all refusals in the order of the files. */
export function refusals(): Refusal[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && file !== "errors.ts")
    .sort();
  const sources = files.map((file) => ({
    service: file.replace(/^services\//, "").replace(/\.ts$/, ""),
    text: readFileSync(new URL(file, folder), "utf8"),
  }));
  const shared = sources.flatMap(({ text }) =>
    [...text.matchAll(maker)]
      .filter(({ index }) => text.slice(0, index).endsWith("export "))
      .map(([, name = "", code = ""]) => [name, code] as const),
  );
  return sources.flatMap(({ service, text }) => refusalsIn(service, text, new Map(shared)));
}
