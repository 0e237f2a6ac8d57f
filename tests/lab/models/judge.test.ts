import test from "ava";
import { judgeAnswer, judgeRequest, said } from "../../../lab/models/judge.ts";
import { errorCodes, type Model } from "../../../lab/models/model.ts";

const model: Model = {
  metadata: { serviceId: "Things" },
  operations: {
    CreateThing: {
      input: { shape: "CreateThing" },
      output: { shape: "Thing" },
      errors: [{ shape: "TooMany" }],
    },
    Ping: {},
  },
  shapes: {
    CreateThing: {
      type: "structure",
      required: ["Name"],
      members: {
        Name: { shape: "Name" },
        Size: { shape: "Size" },
        Kind: { shape: "Kind" },
        Parts: { shape: "Parts" },
        Labels: { shape: "Labels" },
        IsBig: { shape: "Boolean" },
        At: { shape: "Time" },
        Ratio: { shape: "Ratio" },
        Way: { shape: "Way" },
      },
    },
    Thing: { type: "structure", members: { Name: { shape: "Name" } } },
    Name: { type: "string", min: 2, max: 5, pattern: "[a-z]+" },
    Size: { type: "integer", min: 1, max: 9 },
    Kind: { type: "string", enum: ["RED", "BLUE"] },
    Parts: { type: "list", member: { shape: "Name" }, max: 2 },
    Labels: { type: "map", key: { shape: "Name" }, value: { shape: "Name" }, max: 1 },
    Boolean: { type: "boolean" },
    Time: { type: "timestamp" },
    Ratio: { type: "double" },
    Way: { type: "structure", union: true, members: { A: { shape: "Name" }, B: { shape: "Name" } } },
    TooMany: { type: "structure", exception: true, error: { code: "TooManyThings" } },
  },
};
const findings = (input: unknown) => judgeRequest(model, "CreateThing", input).map(said);

test("a request that the model takes has no findings; undefined members are not sent", (t) => {
  const request = {
    Name: "abc",
    Size: 9,
    Kind: "RED",
    Parts: ["ab", "cd"],
    Labels: { ab: "cd" },
    IsBig: false,
    At: "2026-11-30T12:00:00Z",
    Ratio: 0.5,
    Way: { A: "ab", B: undefined },
    Other: undefined,
  };
  t.deepEqual(findings(request), []);
  t.deepEqual(judgeRequest(model, "Ping", {}), []);
});

for (const [title, input, ...expected] of [
  ["a required member is missing", {}, "CreateThing.Name: not sent: must be sent"],
  [
    "a member has a wrong name",
    { Name: "abc", name: "abc" },
    'CreateThing.name: "abc": must not be sent: the model has no such member',
  ],
  [
    "a text is too long and matches no pattern",
    { Name: "abcdef-" },
    'CreateThing.Name: "abcdef-": must have at most 5 characters',
    'CreateThing.Name: "abcdef-": must match [a-z]+',
  ],
  ["a pattern matches a part only", { Name: "ab-cd" }, 'CreateThing.Name: "ab-cd": must match [a-z]+'],
  ["a text is a number", { Name: 12 }, "CreateThing.Name: 12: must be a text"],
  ["a number is a text", { Name: "abc", Size: "3" }, 'CreateThing.Size: "3": must be a whole number'],
  ["a number is too large", { Name: "abc", Size: 10 }, "CreateThing.Size: 10: must be at most 9"],
  ["a number is not whole", { Name: "abc", Size: 1.5 }, "CreateThing.Size: 1.5: must be a whole number"],
  [
    "a value is not one of a list",
    { Name: "abc", Kind: "red" },
    'CreateThing.Kind: "red": must be one of RED, BLUE',
  ],
  [
    "a list is too long",
    { Name: "abc", Parts: ["ab", "ab", "ab"] },
    'CreateThing.Parts: ["ab","ab","ab"]: must have at most 2 elements',
  ],
  [
    "an element is wrong",
    { Name: "abc", Parts: ["ab", "A"] },
    'CreateThing.Parts[1]: "A": must have at least 2 characters',
    'CreateThing.Parts[1]: "A": must match [a-z]+',
  ],
  [
    "a key of a map is wrong",
    { Name: "abc", Labels: { "1x": "ab" } },
    'CreateThing.Labels{1x}: "1x": must match [a-z]+',
  ],
  ["a switch is a text", { Name: "abc", IsBig: "true" }, 'CreateThing.IsBig: "true": must be true or false'],
  ["a text is not a time", { Name: "abc", At: "soon" }, 'CreateThing.At: "soon": must be a time'],
  [
    "two members of a union are sent",
    { Name: "abc", Way: { A: "ab", B: "ab" } },
    'CreateThing.Way: {"A":"ab","B":"ab"}: must have exactly one member',
  ],
] as const)
  test(`the judge finds that ${title}`, (t) => {
    t.deepEqual(findings(input), [...expected]);
  });

test("the judge finds that there is no such operation, also one that every object has", (t) => {
  t.deepEqual(judgeRequest(model, "constructor", {}).map(said), [
    "constructor: not sent: must be an operation of Things",
  ]);
});

test("an answer is judged by the output's shape", (t) => {
  t.deepEqual(judgeAnswer(model, "CreateThing", { Name: "abc" }), []);
  t.deepEqual(judgeAnswer(model, "CreateThing", { Nome: "abc" }).map(said), [
    'CreateThing.Nome: "abc": must not be sent: the model has no such member',
  ]);
});

test("an error's code is the model's own, besides the shape's name", (t) => {
  t.deepEqual([...errorCodes(model)], ["TooMany", "TooManyThings"]);
});
