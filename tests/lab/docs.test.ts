import { readFile } from "node:fs/promises";
import test from "ava";
import { fill } from "../../lab/docs/fill.ts";
import { document, tables } from "../../lab/docs/tables.ts";

test("docs/lab.md has the tables that the lab's own files make", async (t) => {
  const committed = await readFile(document, "utf8");
  t.true(committed === fill(committed, await tables()), "docs/lab.md is out of date; run `npm run docs`");
});

test("a table takes the place of the one between its markers, and of nothing else", (t) => {
  const text = "one\n<!-- a: npm run docs -->\nold $1\n<!-- /a -->\ntwo\n";
  const filled = fill(text, { a: "| $& |" });
  t.is(filled, "one\n<!-- a: npm run docs -->\n\n| $& |\n\n<!-- /a -->\ntwo\n");
  t.is(fill(filled, { a: "| $& |" }), filled);
  t.throws(() => fill(text, { b: "" }), {
    message: /^b: no markers: must have its place in the document; write /,
  });
});
