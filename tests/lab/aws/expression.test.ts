import test from "ava";
import fc from "fast-check";
import { parseExpression, type Subject } from "../../../lab/aws/control/expression.ts";

const instance: Record<string, readonly string[]> = {
  "attribute:redis": ["true"],
  "attribute:slot": ["2"],
  "attribute:ecs.os-type": ["linux"],
  agentConnected: ["true"],
  runningTasksCount: ["3"],
  "task:group": ["service:hits", "service:redis"],
};
const subject: Subject = (name) => instance[name];

const cases: [string, boolean][] = [
  ["attribute:redis == true", true],
  ["attribute:redis == false", false],
  ['attribute:redis equals "true"', true],
  ["attribute:redis != true", false],
  ["attribute:none == true", false],
  ["attribute:none != true", true],
  ["attribute:redis exists", true],
  ["attribute:none !exists", true],
  ["attribute:slot > 1", true],
  ["attribute:slot >= 10", false],
  ["attribute:slot in [1, 2]", true],
  ["attribute:slot not_in [1, 2]", false],
  ["attribute:ecs.os-type =~ lin.*", true],
  ["attribute:ecs.os-type !~ win.*", true],
  ["agentConnected == true and runningTasksCount <= 3", true],
  ["not(attribute:redis == true) or attribute:slot == 2", true],
  ["!(attribute:redis == true || attribute:slot == 2)", false],
  ["(attribute:redis == true) && (attribute:slot == 3 or attribute:slot == 2)", true],
  ["task:group == service:hits", true],
  ["task:group == service:web", false],
];
for (const [text, wanted] of cases)
  test(`${text} is ${wanted}`, (t) => {
    t.is(parseExpression(text)(subject), wanted);
  });

const illegal = [
  "",
  "redis == true",
  "attribute:redis = true",
  "attribute:redis ==",
  "attribute:redis == true and",
  "(attribute:redis == true",
  "attribute:redis in true",
  "attribute:redis == true attribute:slot == 2",
];
for (const text of illegal)
  test(`'${text}' is refused`, (t) => {
    t.like(
      t.throws(() => parseExpression(text)),
      { code: "InvalidParameterException" },
    );
  });

const word = fc
  .stringMatching(/^[a-z0-9_.-]{1,12}$/)
  .filter((w) => !/^(and|or|not|in|exists|equals)$/.test(w));

test("an expression matches its own attribute, and its negation does not", (t) => {
  fc.assert(
    fc.property(word, word, word, (name, value, other) => {
      const own: Subject = (s) => (s === `attribute:${name}` ? [value] : undefined);
      const holds = (text: string) => parseExpression(text)(own);
      return (
        holds(`attribute:${name} == ${value}`) &&
        !holds(`not (attribute:${name} == ${value})`) &&
        holds(`attribute:${name} == ${other}`) === (other === value) &&
        holds(`attribute:${name} in [${other}, ${value}]`)
      );
    }),
  );
  t.pass();
});
