import { parse } from "../../config/parse.ts";
import { openStackFile, settings, withStandIns } from "../stack-file.ts";
import { bill } from "./bill.ts";
import { table } from "./table.ts";

/**
 * Returns the cost of a stack as a table. Settings without influence on it (host keys, images, the home's address) may
 * still be missing, since people want a price before they buy the first host.
 *
 * @param folder the folder of Pulumi.yaml
 * @throws InvalidInput when the stack file has other problems
 */
export async function priceStack(folder: string, stack: string): Promise<string> {
  const file = await openStackFile(folder, stack);
  const region = String(file.document.getIn(["config", "aws:region"]) ?? "us-east-1");
  return table(bill(parse(withStandIns(settings(file)), region)), region);
}
