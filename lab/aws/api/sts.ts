/** STS, as the AWS CLI asks it: the query protocol, XML back. */
import type { Caller } from "./call.ts";

/** Answers GetCallerIdentity. */
export function getCallerIdentity(account: string, caller: Caller, requestId: string): string {
  const arn =
    caller.kind === "role"
      ? `arn:aws:sts::${account}:assumed-role/${caller.role}/${caller.session}`
      : `arn:aws:iam::${account}:user/lab`;
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>${arn}</Arn>
    <UserId>AIDALABLABLABLABLABLA</UserId>
    <Account>${account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>
`;
}
