/** `npm run docs`: writes the tables between the markers in docs/lab.md. */
import { readFile, writeFile } from "node:fs/promises";
import { fill } from "./fill.ts";
import { document, tables } from "./tables.ts";

await writeFile(document, fill(await readFile(document, "utf8"), await tables()));
console.log("docs/lab.md written.");
