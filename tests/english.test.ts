/**
 * English that readers do not notice: words and turns that are not to come back, in whatever people read. Comments,
 * messages, titles of tests and documents are looked at, code and generated files are not.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type Prose, proseOf } from "./support/prose.ts";

interface Habit {
  /** A space stands for any white space. */
  readonly words: string;
  readonly instead: string;
}

const things =
  "node|host|zone|tunnel|file|folder|component|machine|process|call|run|connection|change|step|server|service|package|test|stack|subnet|endpoint|task|address|Region|VPC|room|release|balancer|resource|figure|boot|controller|measurement|district";
const counted =
  "one|two|three|four|five|once|twice|times|\\$[\\d.]+|an? (?:alarm|component|line|process|file|lab|test|class|check|command|function|comment|row|resource|security group|mount|namespace|section|NAT gateway|login|step|folder)";

const habits: readonly Habit[] = [
  { words: "anew", instead: "again" },
  { words: "mend(?:s|ed|ing)?", instead: "fix, repair" },
  { words: "who(?:so)?ever|whomever", instead: "name the person or the thing" },
  {
    words: "(?<=(?:^|[.;:] ))Who(?= )(?! (?:may|must|can) )(?![^.]*\\?)",
    instead: "name the person or the thing",
  },
  { words: "nobody(?:'s)?|no one", instead: "no host, no process, nothing" },
  { words: "by (?:itself|themselves|himself)", instead: "automatically, alone, on its own" },
  {
    words:
      "(?<!there )(?<!There )(?:is|are|was|were) no(?= )(?! (?:longer|more|less|fewer|later|earlier|bigger)\\b)",
    instead: "is not a",
  },
  { words: "(?<!there )(?<!There )(?:is|are|was|were) none", instead: "there is none, has none" },
  { words: `(?:${counted}) an? (?:${things})`, instead: "per node, for each zone" },
  { words: "(?:take|takes|taking|took|taken)(?: \\w+){0,2} away", instead: "remove" },
  { words: "[Ll]eft out:", instead: "Default:" },
  { words: "[Ll]eft out (?:where|when|with)", instead: "skipped" },
  { words: "ha(?:s|ve|d) the words?", instead: "says" },
  { words: "end(?:s|ed|ing)? well", instead: "succeeds" },
  { words: "(?:to|can|cannot|could|must|not) be had", instead: "available, can be installed" },
  { words: "(?:stands|stood)(?! for\\b)(?! in for\\b)", instead: "is, is in, was" },
  { words: "(?:is|are|was|were) lacking", instead: "is missing" },
  { words: "another (?:one )?than", instead: "different from, other than" },
  { words: "(?<=[:;,] )not so", instead: "say it in full" },
  { words: "bring(?:s|ing)? along|brought along", instead: "has, includes, installs" },
  { words: "(?:lie|lies|lay) (?:in the )?open|in the open", instead: "unencrypted, unwrapped" },
  { words: "at the soonest", instead: "at the earliest" },
  { words: "Default (?=`|\\d|true|false|none)", instead: "Default: …" },
  {
    words: "^Has (?:an?|the|each|every|all|its)(?! \\w+(?: \\w+)? (?:that|which|of) )",
    instead: "the plain verb: Makes, Starts, Asks",
  },
];

const wholeWords = ({ words }: Habit) =>
  new RegExp(`(?<![\\w-])(?:${words})(?![\\w-])`.replaceAll(/ (?![{?*])/g, "\\s+"), "g");
const patterns = habits.map((habit) => ({ ...habit, pattern: wholeWords(habit) }));

/** Each habit in a piece of prose, with its line in the file. */
const findIn = ({ line, text }: Prose) =>
  patterns.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: line + text.slice(0, match.index).split("\n").length - 1,
      message: `"${match[0].replace(/\s+/g, " ")}": ${instead}`,
    })),
  );

const root = join(import.meta.dirname, "..");
const generated = ["docs/reference.md", "docs/schema.json", "docs/permissions.md"];
/** This file names the words itself. */
const notRead = new Set([...generated, "tests/english.test.ts"]);

/** The project's files by their paths from its root; not what is installed or built. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === "node_modules" || /^\.(?!ci$)/.test(entry.name) ? [] : filesIn(path);
    return entry.isFile() && !notRead.has(path) ? [path] : [];
  });
}

/** `lab` is large: its rooms are looked at one by one. */
const roomOf = (path: string) => /^lab\/[^/]+(?=\/)|^[^/]+(?=\/)/.exec(path)?.[0] ?? "the top folder";

for (const [room, files = []] of Object.entries(Object.groupBy(filesIn(""), roomOf)))
  test(`the words in ${room} are ones that readers do not notice`, (t) => {
    const found = files.flatMap((path) =>
      proseOf(path, readFileSync(join(root, path), "utf8"))
        .flatMap(findIn)
        .map(({ line, message }) => `${path}:${line}: ${message}`),
    );
    t.deepEqual(found, []);
  });

const examples: Readonly<Record<string, readonly string[]>> = {
  'const mend = "mend"; // Mends it anew.': ["anew"],
  "/** Left out: one a\n * node. */": ["one a node", "Left out:"],
  'fail(`${x}: is no ${{ a: "is none" }.a} address; mend ${y} by itself`)': [
    "mend",
    "by itself",
    "is no",
    "is none",
  ],
  'const quote = /"/g; // There is no such thing, which is no longer true.': [],
  'say("whoever it was took it away")': ["whoever", "took it away"],
};
for (const [source, expected] of Object.entries(examples))
  test(`what is found in ${source}`, (t) => {
    const found = proseOf("x.ts", source).flatMap(findIn);
    t.deepEqual(found.map(({ message }) => /"(.*)"/.exec(message)?.[1]).toSorted(), expected.toSorted());
  });

test("a place is the line of the word, also where the sentence goes on over lines", (t) => {
  const text = "# Title\n\nOne `anew`.\n\n```\nanew\n```\n\nA line and then\nby\nitself.\n";
  t.deepEqual(
    proseOf("x.md", text)
      .flatMap(findIn)
      .map(({ line }) => line),
    [10],
  );
  const shell = 'fail x "$y" "is no address"\n# It is mended\n# anew.\n';
  t.deepEqual(
    proseOf("x.sh", shell)
      .flatMap(findIn)
      .map(({ line }) => line),
    [1, 3, 2],
  );
});
