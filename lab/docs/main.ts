/** `npm run docs`: writes the tables that docs/lab.md has between its markers. */
import { readFile, writeFile } from "node:fs/promises";
import { fill } from "./fill.ts";
import { document, tables } from "./tables.ts";

await writeFile(document, fill(await readFile(document, "utf8"), await tables()));
console.log("docs/lab.md written.");
