import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import test from "ava";

const root = join(import.meta.dirname, "..");

/** What each room imports besides itself (docs/architecture.md). `lab` and `tests` import anything. */
const layers: Readonly<Record<string, readonly string[]>> = {
  "records.ts": [],
  limits: [],
  "hooks.ts": ["limits"],
  config: ["limits", "records.ts"],
  components: ["hooks.ts", "config", "limits", "records.ts"],
  pi: ["hooks.ts", "config", "limits", "records.ts"],
  stack: ["components", "pi", "hooks.ts", "config", "limits", "records.ts"],
  "outputs.ts": ["stack", "components", "pi", "config", "limits", "records.ts"],
  "index.ts": ["outputs.ts", "stack", "components", "pi", "config", "limits", "records.ts"],
  tools: ["index.ts", "outputs.ts", "stack", "components", "pi", "config", "limits", "records.ts"],
};

/** Files that a file finds by folder, with an import that has no name. */
const foundByFolder: Readonly<Record<string, string>> = {
  "lab/aws/services.ts": "lab/aws/services/",
  "lab/aws/api/json-apis.ts": "lab/aws/api/json/",
};

/** TypeScript files below a folder, but for what is installed and for what is hidden, such as `.lab`. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules" && !name.startsWith("."))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.name.endsWith(".ts") ? [relative(root, path)] : [];
    });
}

const files = filesBelow(root);

/** Imports and re-exports of the repository's own files, types included. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const named = [
    ...text.matchAll(/^(?:import|export)\b[^;"'`]*?from\s*"(\.[^"]+)"/gm),
    ...text.matchAll(/^import\s*"(\.[^"]+)"/gm),
    ...text.matchAll(/\bimport\(\s*"(\.[^"]+)"/g),
  ].map(([, path = ""]) => relative(root, join(root, dirname(file), path)));
  const folder = foundByFolder[file];
  const found = folder === undefined ? [] : files.filter((other) => other.startsWith(folder));
  return [...named, ...found];
}

const graph: ReadonlyMap<string, readonly string[]> = new Map(files.map((file) => [file, importsOf(file)]));

/** Returns a cycle as a list of files, the first one again at its end. */
function cycle(): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): string[] | undefined {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const found = visit(next);
      if (found) return found;
    }
    path.pop();
    done.add(file);
    return undefined;
  }
  return files.map(visit).find((found) => found !== undefined);
}

const roomOf = (file: string): string => file.split("/")[0] ?? "";

test("the graph contains the repository", (t) => {
  t.true(graph.size > 400);
  t.deepEqual(
    [...graph].flatMap(([file, imports]) =>
      imports.filter((path) => !existsSync(join(root, path))).map((path) => `${file} → ${path}`),
    ),
    [],
  );
  t.true(graph.get("index.ts")?.includes("outputs.ts"));
  t.true(graph.get("lab/aws/aws.ts")?.includes("lab/aws/services.ts"));
  t.true(graph.get("lab/aws/services.ts")?.includes("lab/aws/services/network/vpc.ts"));
});

test("there is no import cycle, types included", (t) => {
  t.is(cycle()?.join(" → "), undefined);
});

for (const [room, below] of Object.entries(layers))
  test(`${room} imports only from the rooms below it`, (t) => {
    const allowed = [room, ...below];
    const arrows = [...graph]
      .filter(([file]) => roomOf(file) === room)
      .flatMap(([file, imports]) =>
        imports.filter((path) => !allowed.includes(roomOf(path))).map((path) => `${file} → ${path}`),
      );
    t.deepEqual(arrows, []);
  });

test("nothing outside lab and tests imports lab", (t) => {
  const arrows = [...graph]
    .filter(([file]) => !["lab", "tests"].includes(roomOf(file)))
    .flatMap(([file, imports]) =>
      imports.filter((path) => roomOf(path) === "lab").map((path) => `${file} → ${path}`),
    );
  t.deepEqual(arrows, []);
});
