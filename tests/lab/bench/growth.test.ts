import { join } from "node:path";
import test from "ava";
import { parse } from "../../../config/parse.ts";
import { homeWith } from "../../../lab/bench/growth/stack.ts";

const project = join(import.meta.dirname, "../../..");

test("stack home with any number of nodes is a configuration that the program takes", async (t) => {
  for (const nodes of [3, 250]) {
    const config = await homeWith(project, nodes);
    const { hosts } = parse(config, "us-east-1");
    t.is(Object.values(hosts).filter(({ node }) => node !== undefined).length, nodes);
    t.is(new Set(Object.values(hosts).map(({ address }) => address)).size, nodes + 1);
  }
});
