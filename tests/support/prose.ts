/** Finds what people read in a source file: comments, messages, paragraphs. Code is left alone. */

export interface Prose {
  /** Line of its beginning, from 1. */
  readonly line: number;
  /** Without the marks of a comment; one line per line of the file. */
  readonly text: string;
}

/** Returns the prose of a file by its name; none for a kind of file that is not known. */
export function proseOf(path: string, text: string): readonly Prose[] {
  if (path.endsWith(".md")) return markdown(text);
  if (/\.[jt]s$/.test(path)) return script(text);
  if (/\.(sh|ya?ml|py|awk|service)$|(^|\/)(Dockerfile|run)$/.test(path)) return hashComments(text);
  return [];
}

/** A string is read by people if it has words. */
const hasWords = (text: string) => / [A-Za-z]/.test(text);

const lineAt = (text: string, index: number) => text.slice(0, index).split("\n").length;

/** Paragraphs, rows of tables and headings; without what is between backquotes, and without the targets of links. */
function markdown(text: string): readonly Prose[] {
  const plain = text
    .replace(/^( *)```.*?^\1```/gms, (block) => block.replace(/[^\n]/g, ""))
    .replace(/`[^`\n]*`/g, "…")
    .replace(/\]\([^)]*\)/g, "]");
  const starts = [...plain.matchAll(/(?:^|\n)(?=\s*[^\s])[^\n]*(?:\n(?!\s*(?:[-*|#]|\d+\.|\n|$))[^\n]*)*/g)];
  return starts.map((match) => ({
    line: lineAt(plain, match.index) + (match[0].startsWith("\n") ? 1 : 0),
    text: match[0].replace(/^\n/, ""),
  }));
}

/** Comments of `#`, and strings with words. */
function hashComments(text: string): readonly Prose[] {
  const found: Prose[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const [, before = "", comment] = /^(.*?)(?:(?<=^|\s)#(?!!) ?(.*))?$/.exec(line) ?? [];
    for (const [, double, single] of before.matchAll(/"([^"]*)"|'([^']*)'/g)) {
      const words = double ?? single ?? "";
      if (hasWords(words)) found.push({ line: i + 1, text: words });
    }
    if (comment !== undefined) addComment(found, { line: i + 1, text: comment });
  }
  return found;
}

const comments = new WeakSet<Prose>();

/** Comments on lines that follow each other are one. */
function addComment(found: Prose[], next: Prose): void {
  const last = found.at(-1);
  const follows = last && comments.has(last) && last.line + last.text.split("\n").length === next.line;
  const comment = follows ? { line: last.line, text: `${last.text}\n${next.text}` } : next;
  if (follows) found.pop();
  comments.add(comment);
  found.push(comment);
}

/** What a piece of TypeScript may begin with: each alternative is one token that could hide another's mark. */
const token =
  /(?<line>\/\/[^\n]*)|(?<block>\/\*[\s\S]*?\*\/)|(?<double>"(?:[^"\\\n]|\\.)*")|(?<single>'(?:[^'\\\n]|\\.)*')|(?<regex>(?<=(?:^|[(,=:[!&|?{};+>]|return)\s*)\/(?![/*])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/)|(?<template>`)|(?<open>\{)|(?<close>\})/gm;

/** Comments and strings with words of TypeScript. A value within a template is an ellipsis. */
function script(text: string): readonly Prose[] {
  const found: Prose[] = [];
  const addString = (index: number, words: string) => {
    if (hasWords(words)) found.push({ line: lineAt(text, index), text: words.replace(/\\n/g, " ") });
  };
  /** Braces that are open within each template's value that is open. */
  const open: number[] = [];
  /** Reads a template's text from its backquote, or from the end of a value in it; returns where it goes on. */
  const template = (from: number): number => {
    const end = /`|\$\{/g;
    end.lastIndex = from;
    let match = end.exec(text);
    while (match && isEscaped(text, match.index)) match = end.exec(text);
    if (!match) return text.length;
    addString(from, text.slice(from, match.index));
    if (match[0] === "`") open.pop();
    else open[open.length - 1] = 1;
    return match.index + match[0].length;
  };
  token.lastIndex = 0;
  let match = token.exec(text);
  while (match) {
    const { line, block, double, single, template: begins, open: opens, close: closes } = match.groups ?? {};
    const last = open.length - 1;
    if (line !== undefined)
      addComment(found, { line: lineAt(text, match.index), text: line.replace(/^\/\/+ ?/, "") });
    if (block !== undefined)
      found.push({
        line: lineAt(text, match.index),
        text: block.replace(/^\/\*+ ?|\*\/$/g, "").replace(/\n *\* ?/g, "\n"),
      });
    const string = double ?? single;
    if (string !== undefined) addString(match.index, string.slice(1, -1));
    if (begins !== undefined) {
      open.push(0);
      token.lastIndex = template(match.index + 1);
    }
    if (opens !== undefined && last >= 0) open[last] = (open[last] ?? 0) + 1;
    if (closes !== undefined && last >= 0) {
      open[last] = (open[last] ?? 0) - 1;
      if (open[last] === 0) token.lastIndex = template(match.index + 1);
    }
    match = token.exec(text);
  }
  return found;
}

function isEscaped(text: string, index: number): boolean {
  let slashes = 0;
  while (text[index - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
}
