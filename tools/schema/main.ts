/** `npm run schema`: writes docs/schema.json, docs/reference.md and docs/permissions.md. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { permissionsPage } from "../permissions/page.ts";
import { type Program, programOf } from "../program/registered.ts";
import { generated } from "./generated.ts";

const root = new URL("../../", import.meta.url);
const { name } = parse(await readFile(new URL("Pulumi.yaml", root), "utf8")) as { name: string };
await mkdir(new URL("docs/", root), { recursive: true });
const programs: Program[] = [];
for (const stack of ["dev", "home", "private"]) programs.push(await programOf(fileURLToPath(root), stack));
const files = { ...generated(name), "docs/permissions.md": permissionsPage(programs) };
for (const [path, content] of Object.entries(files)) {
  await writeFile(new URL(path, root), content);
  console.log(`${path} written.`);
}
