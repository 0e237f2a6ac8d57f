import test from "ava";
import { isCalm } from "../../../lab/load/calm.ts";

const metrics = (...values: readonly number[]) =>
  ["up", "installed", "used"]
    .flatMap((what) => ["tunnel1", "tunnel2"].map((tunnel) => `x_tunnel_${what}{tunnel="${tunnel}"}`))
    .map((name, i) => `${name} ${values[i] ?? 1}`)
    .join("\n");

test("the gateway is calm when both tunnels are up, installed and used", (t) => {
  t.true(isCalm(metrics()));
  t.false(isCalm(metrics(1, 0)));
  t.false(isCalm(metrics(1, 1, 1, 1, 0)));
});

test("without metrics the gateway is not calm", (t) => {
  t.false(isCalm(""));
});
