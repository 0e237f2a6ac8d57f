import { RunError } from "@pulumi/pulumi/errors.js";
import test from "ava";
import { fail, keyProblems, type Problem, problemIf, repetitions, throwIfAny } from "../../limits/problem.ts";

const problem: Problem = {
  field: "site.gateway",
  value: "pi-9",
  rule: "must be a key of `hosts`",
  remedy: "choose one of pi-1",
};

test("problems are thrown together, one line each, without a stack trace", (t) => {
  t.notThrows(() => throwIfAny(problemIf(false, problem)));
  t.throws(() => throwIfAny([problem, problem]), {
    instanceOf: RunError,
    message: [1, 2].map(() => "site.gateway: pi-9: must be a key of `hosts`; choose one of pi-1").join("\n"),
  });
  t.throws(() => fail("memoryMiB", 5, "must be at least 6", "raise it to 6 or more"), {
    instanceOf: RunError,
    message: "memoryMiB: 5: must be at least 6; raise it to 6 or more",
  });
});

test("the compiler checks the grammar: a rule begins with must, a remedy with a verb", (t) => {
  const given = { field: "a", value: "b" };
  const rule = "must be c";
  const remedy = "choose another";
  // @ts-expect-error: a statement is not a rule
  const statement: Problem = { ...given, remedy, rule: "AWS takes c only" };
  // @ts-expect-error: a question is not a remedy
  const question: Problem = { ...given, rule, remedy: "did you mean c?" };
  // @ts-expect-error: any text would not be a grammar
  const text: Problem = { ...given, rule, remedy: String(remedy) };
  const whole: Problem = { ...given, rule, remedy: `choose ${given.value}` };
  t.is(new Set([statement, question, text, whole]).size, 4);
});

test("a value that is repeated is one problem", (t) => {
  t.deepEqual(repetitions("network.zones", ["a", "b", "a", "a"]), [
    { field: "network.zones", value: "a", rule: "must be named once", remedy: "remove the repetition" },
  ]);
});

test("a reference to a missing entry names the entries, or asks for one", (t) => {
  const remedyOf = (hosts: object) =>
    keyProblems("site.gateway", "pi-9", "hosts", { ...hosts }).map(({ remedy }) => remedy);
  t.deepEqual(remedyOf({ "pi-9": {} }), []);
  t.deepEqual(remedyOf({ "pi-1": {}, "pi-2": {} }), ["choose one of pi-1, pi-2"]);
  t.deepEqual(remedyOf({}), ["add it to `hosts`"]);
});
