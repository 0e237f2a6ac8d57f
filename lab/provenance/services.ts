/** The table of simulated resources in docs/lab.md. */
import { readdirSync } from "node:fs";
import { exportsBelow } from "../aws/found.ts";
import { dataSources, kinds } from "../aws/services.ts";

const folder = new URL("../aws/services/", import.meta.url);

/** Returns a token such as `aws:ec2/vpc:Vpc` as programs write it: `ec2.Vpc`. */
const nameOf = (token: string): string => token.replace(/^aws:(\w+)\/.*:/, "$1.").replace(/^index\./, "");

async function row(district: string): Promise<string | undefined> {
  const exports = new Set(await exportsBelow(new URL(`${district}/`, folder)));
  const resources = [...kinds].filter(([, kind]) => exports.has(kind));
  const reads = [...dataSources].filter(([, source]) => exports.has(source));
  const names = [...resources, ...reads].map(([token]) => `\`${nameOf(token)}\``);
  return names.length === 0 ? undefined : `| \`${district}\` | ${names.join(", ")} |`;
}

async function table(): Promise<string> {
  const rows = await Promise.all(readdirSync(folder).sort().map(row));
  return ["| District | Resources and data sources |", "| --- | --- |", ...rows.filter(Boolean)].join("\n");
}

const [start, end] = ["<!-- npm run provenance -->", "<!-- end -->"];

/** Returns docs/lab.md with the current table between its markers. */
export async function withServices(document: string): Promise<string> {
  const before = document.slice(0, document.indexOf(start) + start.length);
  return `${before}\n\n${await table()}\n\n${document.slice(document.indexOf(end))}`;
}
