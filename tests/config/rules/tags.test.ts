/** Refusals of a stack's own tags. */
import test from "ava";
import { parse } from "../../../config/parse.ts";
import { base, refused } from "../stack.ts";

const signs = "letters, digits, spaces and _ . : / = + - @";

refused([
  [
    "tag that AWS keeps for itself",
    { ...base, tags: { "AWS:owner": "web" } },
    "tags: AWS:owner: must not have keys that begin with aws:, which AWS keeps for itself; choose another key",
  ],
  [
    "tag that the program sets",
    { ...base, tags: { name: "web", "hybrid:stack": "home" } },
    [
      "tags: name: must not have keys that the program sets: Name, and those that begin with hybrid:; choose another key",
      "tags: hybrid:stack: must not have keys that the program sets: Name, and those that begin with hybrid:; choose another key",
    ].join("\n"),
  ],
  [
    "tags that are one for IAM",
    { ...base, tags: { owner: "web", Owner: "web" } },
    "tags: Owner: must not differ from owner in case only: for IAM, they are one key; remove one of them",
  ],
  [
    "tag with a sign that AWS does not take",
    { ...base, tags: { "who?": "web", owner: "web & more" } },
    [
      `tags: who?: must have keys of 1 to 128 of ${signs}; choose another key`,
      `tags.owner: web & more: must be 1 to 256 of ${signs}; choose another value`,
    ].join("\n"),
  ],
  [
    "empty tag, which Systems Manager does not take",
    { ...base, tags: { owner: "" } },
    `tags.owner: : must be 1 to 256 of ${signs}; choose another value`,
  ],
  [
    "more tags than AWS takes",
    { ...base, tags: Object.fromEntries(Array.from({ length: 47 }, (_, i) => [`key-${i}`, "1"])) },
    "tags: 47 tags: must be at most 46: AWS takes 50 for a resource, of which 4 are the program's; remove some",
  ],
]);

test("YAML's own values count as the text that they are written as", (t) => {
  const { tags } = parse({ ...base, tags: { "cost centre": 4711, audited: true } }, "us-east-1");
  t.deepEqual(tags, { "cost centre": "4711", audited: "true" });
});
