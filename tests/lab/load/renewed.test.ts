import test from "ava";
import { renewed, spis } from "../../../lab/load/renewed.ts";

const listed = (ike: string, ...children: readonly string[]) =>
  `list-sa event {site {uniqueid=1 state=ESTABLISHED initiator-spi=${ike} responder-spi=ffff child-sas {${children
    .map((spi) => `site-1 {name=site state=INSTALLED spi-in=${spi} spi-out=eeee}`)
    .join(" ")}}}}`;

test("the keys in use are named by the SPIs of the endpoint's own end", (t) => {
  t.deepEqual(spis(listed("a1", "c1", "c2"), "child"), ["c1", "c2"]);
  t.deepEqual(spis(listed("a1", "c1"), "ike"), ["a1"]);
});

test("renewed once there is another SPI, even while the former one still exists", async (t) => {
  const states = [listed("a1", "c1"), listed("a1", "c1"), listed("a1", "c1", "c2")];
  await renewed(
    async () => states.shift() ?? "",
    "child",
    async () => {},
    "tunnel1",
  );
  t.is(states.length, 0);
});
