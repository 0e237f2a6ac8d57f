import test from "ava";
import { programOf } from "../../tools/program/registered.ts";
import { table } from "../../tools/quotas/table.ts";

const root = new URL("../../", import.meta.url).pathname;

test("two private stacks fit into a new account, because of the resolvers' endpoints", async (t) => {
  const lines = table(await programOf(root, "private")).split("\n");
  const row = lines.find((line) => line.startsWith("| Resolver endpoints per Region"));
  t.deepEqual(
    row?.split("|").map((cell) => cell.trim()),
    ["", "Resolver endpoints per Region", "2", "4", "2", "route53resolver L-4A669CC0", ""],
  );
  // The command that asks for more names the quota that fits fewest.
  t.true(
    lines.some((line) =>
      line.includes("--service-code route53resolver --quota-code L-4A669CC0 --desired-value 8"),
    ),
  );
});
