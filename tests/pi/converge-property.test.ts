import { strict as assert } from "node:assert";
import test from "ava";
import fc from "fast-check";
import type { OwnedFile, Step } from "../../pi/step.ts";
import { block, word } from "../support/edits.ts";
import { ScratchRoot } from "../support/scratch-root.ts";

const text = fc
  .array(
    fc.constantFrom("a", "b c", "'", '"$HOME"', "`x`", "\\", "END", "", "# >>> ecs", "ü", "%s\\n", "\t"),
    {
      maxLength: 6,
    },
  )
  .map((lines) => lines.join("\n"));
const mode = fc.constantFrom("600", "644", "755", "0640") as fc.Arbitrary<`${number}`>;
const place = fc.constantFrom("/etc/a", "/etc/b", "/etc/new/c", "/opt/x y/it's");
const shared = fc.constantFrom("/etc/shared", "/etc/other", "/boot/cmdline.txt");

const file: fc.Arbitrary<OwnedFile> = fc.record({ path: place, mode, content: text.map((t) => `${t}\n`) });
/** A word on a file's one line, or a block of lines. */
type Edit = { readonly path: string } & ({ readonly word: string } | { readonly lines: readonly string[] });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ path: shared, word: fc.constantFrom("flag", "cgroup_enable=memory", "a.b") }),
  // A block ends where its text does.
  fc.record({ path: shared, lines: text.map((t) => t.replace(/\n+$/, "").split("\n")) }),
);
const key = (edit: Edit) => `${edit.path} ${"word" in edit ? edit.word : ""}`;
const detect = (edits: readonly Edit[]) =>
  edits.map((e) => ("word" in e ? word(e.word, e.path) : block(e.lines, e.path, "644"))).join("");

interface Declared {
  readonly files: readonly OwnedFile[];
  readonly edits: readonly Edit[];
}
const declared: fc.Arbitrary<Declared> = fc.record({
  files: fc.uniqueArray(file, { selector: (f) => f.path, maxLength: 3 }),
  edits: fc.uniqueArray(edit, { selector: key, maxLength: 3 }),
});
const stepOf = ({ files, edits }: Declared): Step => ({
  name: "any",
  files,
  detect: `:\n${detect(edits)}`,
  verify: ":",
});

/** What others left on the host; a word needs its file. */
const present = fc.record({
  files: fc.dictionary(place, fc.tuple(text, mode), { maxKeys: 3 }),
  shared: fc.record({ "/etc/shared": text, "/etc/other": text, "/boot/cmdline.txt": text }),
});

/** A word and a block in one empty file, which chance rarely brings together. */
const emptyFile = (): [
  {
    files: Record<string, never>;
    shared: Record<"/etc/shared" | "/etc/other" | "/boot/cmdline.txt", string>;
  },
  Declared,
  Declared,
][] => {
  const word: Edit = { path: "/etc/shared", word: "flag" };
  const block: Edit = { path: "/etc/shared", lines: ["a"] };
  const there = { files: {}, shared: { "/etc/shared": "", "/etc/other": "", "/boot/cmdline.txt": "" } };
  const any = (...edits: Edit[]): Declared => ({ files: [], edits });
  return [
    [there, any(block), any(block, word)],
    [there, any(word), any(word, block)],
    [there, any(block, word), any(word)],
    [there, any(word, block), any(block)],
    [there, any(block, word), any()],
  ];
};

const runs = { numRuns: Number(process.env.PROPERTY_RUNS ?? 4) + emptyFile().length, examples: emptyFile() };

test("on any host a second converge changes nothing, versions follow one another, and undo restores every byte", async (t) => {
  t.timeout(600_000);
  // Not ava's assertions: those fail the test at the first attempt, and fast-check could not find the smallest one.
  await fc.assert(
    fc.asyncProperty(present, declared, declared, async (there, first, second) => {
      const host = new ScratchRoot();
      try {
        for (const [path, [content, mode]] of Object.entries(there.files)) {
          host.write(path, content, Number.parseInt(mode, 8));
        }
        for (const [path, content] of Object.entries(there.shared)) host.write(path, content);
        const before = host.snapshot();
        for (const version of [first, second]) {
          const step = stepOf(version);
          await host.succeed(step);
          const after = host.snapshot();
          assert.deepEqual((await host.succeed(step)).changed, []);
          assert.deepEqual(host.snapshot(), after);
          for (const { path, mode, content } of version.files) {
            assert.equal(host.read(path), content);
            assert.equal(host.mode(path), Number.parseInt(mode, 8));
          }
          for (const edit of version.edits) {
            const text = host.read(edit.path);
            if ("word" in edit) assert(text.split("\n")[0]?.split(/[ \r]/).includes(edit.word));
            else assert(text.includes(`any\n${edit.lines.join("\n")}\n# <<<`));
          }
        }
        await host.succeed(stepOf(second), "undo");
        assert.deepEqual(host.snapshot(), before);
      } finally {
        host.remove();
      }
    }),
    runs,
  );
  t.pass();
});
