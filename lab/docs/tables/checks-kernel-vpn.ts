import { kernelChecks } from "../../kernel-vpn/check.ts";
import { claim } from "../checks-table.ts";

export default async function table(): Promise<string> {
  const rows = (await kernelChecks()).flat().map((check) => `| \`${check.name}\` | ${claim(check)} |`);
  return ["| Name | Claim |", "| --- | --- |", ...rows].join("\n");
}
