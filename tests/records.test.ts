import test from "ava";
import { defined, mapValues, pick, sortedEntries } from "../records.ts";

test("values are mapped with their keys", (t) => {
  t.deepEqual(
    mapValues({ a: 1, b: 2 }, (value, key) => `${key}${value}`),
    { a: "a1", b: "b2" },
  );
});

test("a choice of keys keeps their order, and omits those without a value", (t) => {
  t.deepEqual(Object.entries(pick({ a: 1, b: 2, c: 3 }, ["c", "d", "a"])), [
    ["c", 3],
    ["a", 1],
  ]);
});

test("entries are sorted by key", (t) => {
  t.deepEqual(sortedEntries({ b: 1, "a-b": 2, a: 3 }), [
    ["a", 3],
    ["a-b", 2],
    ["b", 1],
  ]);
});

test("undefined properties are omitted, false and empty ones are not", (t) => {
  const name: string | undefined = undefined;
  t.deepEqual(defined({ name, count: 0, on: false, text: "" }), { count: 0, on: false, text: "" });
});
