import { strict as assert } from "node:assert";
import { kernelCheck } from "../check.ts";
import { carryOut } from "../gateway.ts";

export default kernelCheck({
  title: "a second run changes nothing",
  after: "in-force",
  run: async (guest, format) => {
    assert.deepEqual((await carryOut(guest, "converge", format)).changed, [], "changed");
    return "nothing changed";
  },
});
