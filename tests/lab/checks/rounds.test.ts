import test from "ava";
import type { FoundCheck } from "../../../lab/checks/check.ts";
import { rounds } from "../../../lab/checks/rounds.ts";

type Row = Pick<FoundCheck, "name" | "after" | "beside">;

const names = (checks: readonly Row[]) =>
  rounds(checks).map((round) => round.map(({ name }) => name).join(" + "));

test("a check runs after the round of the one that it names, or in it; by name where both could", (t) => {
  t.deepEqual(
    names([
      { name: "reboot", after: "node-lost" },
      { name: "preview", beside: "node-lost" },
      { name: "node-lost", after: "page" },
      { name: "secrets", beside: "page" },
      { name: "drift", after: "secrets" },
      { name: "page" },
      { name: "alone" },
    ]),
    ["alone", "page + secrets", "drift", "node-lost + preview", "reboot"],
  );
});

const wrong: Readonly<Record<string, readonly Row[]>> = {
  "another folder's": [{ name: "page" }, { name: "drift", after: "redis" }],
  itself: [{ name: "page" }, { name: "drift", after: "drift" }],
  "one that waits for it": [
    { name: "page" },
    { name: "drift", after: "unchanged" },
    { name: "unchanged", after: "drift" },
  ],
};

for (const [title, checks] of Object.entries(wrong))
  test(`a check that waits for ${title} is an error`, (t) => {
    t.throws(() => rounds(checks), {
      message:
        /^check drift: after: .*: must name another check of its folder that does not wait for this one; choose one of drift, page/,
    });
  });
