import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { isRemedy, isRule } from "../../limits/problem.ts";

const pi = join(import.meta.dirname, "../../pi");

/** Returns the next word of a command, with its quotes, and what follows it; undefined at the command's end. */
function nextWord(text: string): readonly [word: string, rest: string] | undefined {
  const start = /^(?:[ \t]|\\\n)*/.exec(text)?.[0].length ?? 0;
  let depth = 0;
  let quoted = false;
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === "\\") at++;
    else if (text.startsWith("$(", at)) depth++;
    else if (character === ")" && depth > 0) depth--;
    else if (depth === 0 && character === '"') quoted = !quoted;
    else if (depth === 0 && !quoted && /[\s;|&)]/.test(character)) break;
  }
  return at === start ? undefined : [text.slice(start, at), text.slice(at)];
}

/** Returns the rule and the remedy of each error that a shell file can end with. */
function messagesOf(file: string): { readonly rule: string; readonly remedy: string }[] {
  const text = readFileSync(join(pi, file), "utf8");
  return [...text.matchAll(/^(?!\s*#).*?\bfail(?= ["$a-z])/gm)].flatMap(({ 0: head, index }) => {
    const words: string[] = [];
    for (let rest = text.slice(index + head.length); words.length < 4; ) {
      const next = nextWord(rest);
      if (next === undefined) break;
      words.push(next[0]);
      rest = next[1];
    }
    const [rule = "", remedy = ""] = words.slice(2).map((word) => word.replace(/^"|"$/g, ""));
    // What comes from a variable is written elsewhere.
    return words.some((word) => word === '"$@"') || rule.startsWith("$") ? [] : [{ rule, remedy }];
  });
}

const files = globSync("**/*.sh", { cwd: pi });
const messages = files.flatMap((file) => messagesOf(file).map((message) => ({ file, ...message })));

/** What a person does on a host, besides what a person does to a stack file. */
const hostRemedy =
  /^(boot|compare|enable|fix|free|have|keep|let|log in|make|move|reboot|see|start|stop|use|wait|warm|write)\b/;

/** Texts that several messages end in, by the variable that has them. */
const shared: ReadonlyMap<string, string> = new Map(
  files.flatMap((file) =>
    [...readFileSync(join(pi, file), "utf8").matchAll(/^(\w+)=['"](.+)['"]$/gm)].map(
      ([, name = "", text = ""]) => [`$${name}`, text] as const,
    ),
  ),
);
const isImperative = (remedy: string) => isRemedy(remedy) || hostRemedy.test(remedy);

test("each error of a host has a rule that says `must`, and a remedy that is an imperative", (t) => {
  t.true(messages.length > 60, `${messages.length} messages`);
  t.deepEqual(
    messages.filter(({ rule, remedy }) => !isRule(rule) || !isImperative(shared.get(remedy) ?? remedy)),
    [],
  );
});
