import test from "ava";
import { cells } from "../../../lab/bench/addresses.ts";
import type { Note } from "../../../lab/load/names.ts";

/** A lookup every 50 ms from the start of a fault of 20 s until 16 s after it, each answered after 10 ms. */
const since = 1_000_000;
const calm: Note[] = Array.from({ length: 720 }, (_, i) => ["lookup", since + i * 50, 10]);

test("calm: none failed, and the outage is the time between two answers", (t) => {
  t.deepEqual(cells(calm, "lookup", since), ["0 of 400", "0.05", "0.01 / 0.01 / 0.01"]);
});

test("an outage lasts from the last answer to the next, of any request", (t) => {
  const notes = calm.map(([kind, began]): Note => [kind, began, began < since + 2000 ? null : 10]);
  t.deepEqual(cells(notes, "lookup", since), ["40 of 400", "2.01", "0.01 / 0.01 / 0.01"]);
});

test("without any answer the outage is the whole time", (t) => {
  const notes = calm.map(([kind, began]): Note => [kind, began, null]);
  t.deepEqual(cells(notes, "lookup", since), ["400 of 400", "36.00", "none"]);
});

test("answers of another kind do not count", (t) => {
  t.deepEqual(cells(calm, "agent", since), ["0 of 0", "36.00", "none"]);
});
