import { parse } from "../../config/load.ts";
import { openStackFile, settings } from "../stack-file.ts";
import { bill } from "./bill.ts";
import { table } from "./table.ts";

/**
 * The cost of a stack as a table. What does not matter to it (host keys, images, the home's address) may still be
 * missing: a price is wanted before the first Pi is bought.
 *
 * @param folder where Pulumi.yaml stands
 * @throws InvalidInput with everything else that is wrong in the stack file
 */
export async function priceStack(folder: string, stack: string): Promise<string> {
  const file = await openStackFile(folder, stack);
  const region = String(file.document.getIn(["config", "aws:region"]) ?? "us-east-1");
  return table(bill(parse(withStandIns(settings(file)), region)), region);
}

function withStandIns(config: Record<string, unknown>): unknown {
  const each = (value: unknown, standIn: object) =>
    Object.fromEntries(
      Object.entries(mapping(value)).map(([name, inner]) => [name, { ...standIn, ...mapping(inner) }]),
    );
  return {
    ...config,
    site: { publicAddress: "198.51.100.1", ...mapping(config.site) },
    hosts: each(config.hosts, { hostKey: "ssh-ed25519 AAAA" }),
    services: each(config.services, { image: "image" }),
  };
}

const mapping = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
