/** `npm run provenance`: writes docs/lab-provenance.md, and the table of services in docs/lab.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { provenanceDocument } from "./document.ts";
import { withServices } from "./services.ts";

const docs = new URL("../../docs/", import.meta.url);
const lab = new URL("lab.md", docs);
writeFileSync(new URL("lab-provenance.md", docs), provenanceDocument());
writeFileSync(lab, await withServices(readFileSync(lab, "utf8")));
console.log("docs/lab-provenance.md and the services in docs/lab.md written.");
