/** `npm run schema`: writes docs/schema.json and docs/reference.md. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parse } from "yaml";
import { generated } from "./generated.ts";

const root = new URL("../../", import.meta.url);
const { name } = parse(await readFile(new URL("Pulumi.yaml", root), "utf8")) as { name: string };
await mkdir(new URL("docs/", root), { recursive: true });
for (const [path, content] of Object.entries(generated(name))) {
  await writeFile(new URL(path, root), content);
  console.log(`${path} written.`);
}
