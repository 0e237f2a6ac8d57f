import { rotateKey } from "../../load/planned.ts";
import { check } from "../check.ts";
import { unnoticed } from "../support/unnoticed.ts";

export default check({
  title: "A tunnel gets another pre-shared key from an up, under load: nothing is dropped",
  details: "No request fails, and no connection is lost",
  run: () => unnoticed(() => rotateKey(1)),
});
