import test from "ava";
import { render, type Section, spread, tooLong } from "../../../lab/bench/section.ts";

const section: Section = { name: "n", title: "T", text: "To reach: 1 s.", header: ["a"], rows: [["b"]] };

test("the section says in plain words what is missed", (t) => {
  t.false(render(section).includes("Not reached"));
  t.regex(
    render({ ...section, missed: ["2 s", "3 MB"] }),
    /To reach: 1 s\.\n\n\*\*Not reached:\*\* 2 s; 3 MB\./,
  );
});

test("the promise speaks of 99 in 100 outages", (t) => {
  const fast = Array.from({ length: 99 }, () => 0.5);
  t.deepEqual(tooLong([...fast, 5]), []);
  t.deepEqual(tooLong([...fast, 5, 5]), ["site → AWS p99 is 5.00 s"]);
});

test("median, p99 and the largest", (t) => {
  t.is(spread([3, 1, 2], 1), "2.0 / 3.0 / 3.0");
  t.is(spread([], 1), "none");
});
