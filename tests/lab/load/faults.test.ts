import test from "ava";
import { connectionsIn } from "../../../lab/load/faults.ts";

test("an SA under negotiation has no connection name by which it could be renewed or closed", (t) => {
  const listed = `list-sa event {site {uniqueid=7 state=ESTABLISHED}}
list-sa event {(unnamed) {uniqueid=9 state=CONNECTING}}
list-sa event {site {uniqueid=8 state=REKEYED}}
`;
  t.deepEqual(connectionsIn(listed), ["site"]);
});
