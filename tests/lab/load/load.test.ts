import test from "ava";
import { type Arrival, longestGap, outage } from "../../../lab/load/load.ts";

const every10ms = (...numbers: readonly number[]): Arrival[] => numbers.map((n) => [n, 1000 + n * 10]);

test("packets that come late or out of order do not make an outage", (t) => {
  t.deepEqual(outage([]), { lost: 0, seconds: 0 });
  t.deepEqual(outage(every10ms(4, 5, 6)), { lost: 0, seconds: 0 });
  t.deepEqual(
    outage([
      [1, 10],
      [3, 20],
      [2, 900],
    ]),
    { lost: 0, seconds: 0 },
  );
});

test("every loss counts, from the packet before it to the one after", (t) => {
  t.deepEqual(outage(every10ms(1, 2, 13, 14, 16)), { lost: 11, seconds: 0.11 + 0.02 });
});

test("the longest gap is between neighbours in time, whatever their order", (t) => {
  t.is(longestGap([]), 0);
  t.is(longestGap([5]), 0);
  t.is(longestGap([10, 0, 3]), 7);
});
