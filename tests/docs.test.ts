/** What the documents promise: links have targets, named scripts exist, and no import is large. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import test from "ava";

const root = new URL("../", import.meta.url).pathname;

const filesBelow = (folder: string, suffix: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(suffix) && !file.includes("node_modules"))
    .map((file) => join(root, folder, file));

const documents = [join(root, "README.md"), join(root, "CONTRIBUTING.md"), ...filesBelow("docs", ".md")];

/** Returns the anchors of a document's headings, as GitHub makes them. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9_ -]/g, "")
      .replaceAll(" ", "-"),
  );

function broken(document: string): string[] {
  const text = readFileSync(document, "utf8");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^https?:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? document : join(dirname(document), path);
    try {
      if (anchor === undefined) return statSync(target) ? [] : [link];
      return anchorsOf(readFileSync(target, "utf8")).includes(anchor) ? [] : [link];
    } catch {
      return [link];
    }
  });
}

for (const document of documents) {
  test(`links of ${relative(root, document)}`, (t) => {
    t.deepEqual(broken(document), []);
  });
}

test("every script that a document names exists", (t) => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
  const named = documents.flatMap((document) =>
    [...readFileSync(document, "utf8").matchAll(/npm run ([a-z-]+)/g)].map(([, script = ""]) => script),
  );
  t.deepEqual(
    [...new Set(named)].filter((script) => !(script in scripts)),
    [],
  );
});

test("AWS classes are imported one by one", (t) => {
  const sources = [
    join(root, "index.ts"),
    ...["limits", "config", "components", "pi", "stack", "examples"].flatMap((folder) =>
      filesBelow(folder, ".ts"),
    ),
  ];
  const large = sources.filter((source) =>
    /from "@pulumi\/(aws|tls|command)(\/[a-z0-9]+)?(\/index\.js)?"/.test(readFileSync(source, "utf8")),
  );
  t.deepEqual(
    large.map((source) => relative(root, source)),
    [],
  );
});
