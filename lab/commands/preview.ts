import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import type { StackConfig } from "../engine/config.ts";
import { carryOut, type Order } from "../operations.ts";
import { locked } from "../world/lock.ts";
import { project } from "../world/paths.ts";

/**
 * `pulumi preview` of one of this project's stack files against the simulated AWS; touches no host. What the file
 * leaves to its owner (public address, host keys, own image) is stood in for, and said so.
 */
export async function preview([stack]: readonly string[]): Promise<number> {
  if (stack === undefined) {
    throw new Error("preview: (missing): must name a stack; for example `npm run lab -- preview home`");
  }
  if (stack !== "lab")
    console.log(
      "Stood in for where the file does not say it: public address, host keys, the image of the page.",
    );
  const order = await previewOrder(stack);
  const { changes } = await locked(() => carryOut(order, console.log));
  console.log(
    Object.entries(changes)
      .map(([what, count]) => `${count} ${what}`)
      .join(", "),
  );
  return 0;
}

/** The order for it; the stack `lab` as it is. */
export async function previewOrder(stack: string): Promise<Order> {
  if (stack === "lab") return { operation: "preview", stack };
  const config = withStandIns(settings(await openStackFile(project, stack))) as StackConfig;
  return { operation: "preview", stack, config };
}
