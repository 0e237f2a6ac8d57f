/** A bill as a table for a terminal, which is also a table in Markdown. */
import { grid } from "../grid.ts";
import type { Bill } from "./bill.ts";
import { pricesOf } from "./prices.ts";

/** @param region the stack's Region, for a note if its prices are different */
export function table({ items, rates, total }: Bill, region: string): string {
  const fixed = [
    ["Fixed costs", "Number", "Price", "Per month"],
    ...items.map(({ what, count, price, monthly }) => [
      what,
      String(count),
      `${rate(price.usd)} per ${price.per}`,
      dollars(monthly),
    ]),
    ["**Total**", "", "", `**${dollars(total)}**`],
  ];
  const used = [
    ["Costs by use", "Price"],
    ...rates.map(({ what, price }) => [what, `${rate(price.usd)} per ${price.per}`]),
  ];
  return [
    grid(fixed, [false, true, false, true]),
    grid(used, [false, false]),
    `These are AWS's list prices in ${pricesOf.region}, noted on ${pricesOf.noted}; check them before you rely on them.${
      region === pricesOf.region ? "" : ` This stack is in ${region}, where they differ.`
    } Free tiers and taxes are not included.`,
  ].join("\n\n");
}

/** At least two decimals, and as many as the price has. */
const rate = (usd: number) => `$${String(usd).padEnd(usd.toFixed(2).length, usd % 1 === 0 ? "" : "0")}`;

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
