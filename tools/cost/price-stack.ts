import { parse } from "../../config/parse.ts";
import { openStackFile, settings, withStandIns } from "../stack-file.ts";
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
