/** `npm run provenance`: writes docs/lab-provenance.md. */
import { writeFileSync } from "node:fs";
import { provenanceDocument } from "./document.ts";

writeFileSync(new URL("../../docs/lab-provenance.md", import.meta.url), provenanceDocument());
console.log("docs/lab-provenance.md written.");
