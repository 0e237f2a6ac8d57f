/** Policy documents of a size that AWS takes. */
import type { Program } from "../program/registered.ts";
import { type Statement, statementsOf } from "./statements.ts";

/**
 * Characters of a managed policy; AWS does not count white space.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const managedPolicySize = 6144;

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

const document = (statements: readonly Statement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements,
});
const sizeOf = (statements: readonly Statement[]) => JSON.stringify(document(statements)).length;

/** Returns the policies that a stack needs, each of a size that AWS takes as a managed policy. */
export function policiesOf(program: Program, size = managedPolicySize): readonly PolicyDocument[] {
  const documents: Statement[][] = [];
  for (const statement of statementsOf(program).flatMap((one) => halves(one, size))) {
    const room = documents.find((all) => sizeOf([...all, statement]) <= size);
    if (room) room.push(statement);
    else documents.push([statement]);
  }
  return documents.map(document);
}

/** Returns the statement, in parts with fewer resources each if it is too large for a policy of its own. */
function halves(statement: Statement, size: number): readonly Statement[] {
  const { Sid, Resource } = statement;
  if (sizeOf([statement]) <= size || Resource.length < 2) return [statement];
  const middle = Math.ceil(Resource.length / 2);
  return [
    ...halves({ ...statement, Sid: `${Sid}A`, Resource: Resource.slice(0, middle) }, size),
    ...halves({ ...statement, Sid: `${Sid}B`, Resource: Resource.slice(middle) }, size),
  ];
}
