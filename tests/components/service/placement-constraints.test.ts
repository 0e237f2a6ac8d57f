import test from "ava";
import { placementConstraints } from "../../../components/service/placement-constraints.ts";

test("attributes become one expression, in alphabetical order", (t) => {
  t.deepEqual(
    placementConstraints("redis.placement", {
      attributes: { redis: "true", disk: "ssd" },
      distinctInstance: true,
    }),
    [
      { type: "memberOf", expression: "attribute:disk == ssd and attribute:redis == true" },
      { type: "distinctInstance" },
    ],
  );
  t.deepEqual(placementConstraints("redis.placement", { attributes: {}, distinctInstance: false }), []);
});

for (const value of ["", "two words", "back\\slash"]) {
  test(`refused: an attribute with the value ${JSON.stringify(value)}`, (t) => {
    t.throws(
      () => placementConstraints("redis.placement", { attributes: { disk: value }, distinctInstance: false }),
      {
        message: `redis.placement.attributes.disk: ${JSON.stringify(value)}: must not be empty, or have a space or a backslash: the query language of ECS cannot compare it; choose another value, also on the nodes`,
      },
    );
  });
}
