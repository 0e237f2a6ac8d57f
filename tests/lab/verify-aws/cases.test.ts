import test from "ava";
import { accepted, answerOf, simulatedAnswer } from "../../../lab/verify-aws/answer.ts";
import { cases } from "../../../lab/verify-aws/cases.ts";

const region = "eu-central-1";

for (const one of cases(region))
  test(`the simulated AWS refuses ${one.title}`, (t) => {
    t.is(simulatedAnswer(one, region), one.answer);
  });

test("the resources that a case creates before the refusal are accepted", (t) => {
  for (const one of cases(region)) {
    const [last, ...before] = Object.entries(one.given).reverse();
    if (!last) continue;
    const given = Object.fromEntries(before.reverse());
    t.is(simulatedAnswer({ ...one, given, refused: last[1] }, region), accepted, one.title);
  }
});

test("an answer has the code and the sentence, whether or not the SDK has a type for the code", (t) => {
  const answer = (sentence: string) =>
    answerOf(
      new Error(
        `creating X: operation error EC2: Y, https response error StatusCode: 400, RequestID: 1-2, ${sentence}`,
      ),
    );
  t.is(answer("api error InvalidVpcState: VPC vpc-0123456789abcdef0 is"), "InvalidVpcState: VPC vpc-ID is");
  t.is(answer("ClientException: No\n  in the next line"), "ClientException: No");
  t.is(answerOf(new Error("unreachable")), "unreachable");
});
