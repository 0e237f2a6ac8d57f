import { labAccessKey } from "../../../lab/aws/api/call.ts";
import { type Answer, dispatch } from "../../../lab/aws/api/dispatch.ts";
import type { Account } from "./account.ts";

const targets = {
  ecs: "AmazonEC2ContainerServiceV20141113",
  ssm: "AmazonSSM",
  logs: "Logs_20140328",
  ecr: "AmazonEC2ContainerRegistry_V20150921",
} as const;
export type Target = keyof typeof targets;

/** The access key of a client that does not sign. */
export const unsigned = "";

/** Calls an API as a client with this access key does. */
export async function call(
  { aws }: Account,
  service: Target,
  operation: string,
  body: object,
  key: string = labAccessKey.accessKeyId,
): Promise<Answer & { json: Record<string, unknown> }> {
  const answer = await dispatch(aws, {
    headers: {
      "x-amz-target": `${targets[service]}.${operation}`,
      ...(key === unsigned
        ? {}
        : {
            authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
          }),
    },
    body: JSON.stringify(body),
  });
  return { ...answer, json: JSON.parse(answer.body) };
}
