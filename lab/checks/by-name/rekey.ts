import { beginners, rekey } from "../../load/planned.ts";
import { check } from "../check.ts";
import { unnoticed } from "../support/unnoticed.ts";

export default check({
  title:
    "IKE renews the keys of both tunnels under load, begun by AWS and by the gateway: nothing is dropped",
  details: "No request fails, and no connection is lost",
  run: () =>
    unnoticed(async () => {
      for (const beginner of beginners) await rekey(beginner);
    }),
});
