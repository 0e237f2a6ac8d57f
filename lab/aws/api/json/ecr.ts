/** ECR: the token that Docker pulls with. API reference: AmazonECR/latest/APIReference, GetAuthorizationToken. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { allows } from "../../control/policy.ts";
import { AwsError } from "../../errors.ts";
import { callerOf, epoch, type JsonApi, operation, permit } from "../call.ts";

const user = "AWS";
const hours = 12;

const registryOf = (aws: Account) => `${aws.account}.dkr.ecr.${aws.region}.amazonaws.com`;

/** On AWS the token is opaque; here it is the id of the caller's access key. */
const authorize = operation(z.object({}), (call) => {
  permit(call, "ecr:GetAuthorizationToken", "*");
  const { aws, credential = "" } = call;
  const expires = new Date(aws.now().getTime() + hours * 3_600_000).toISOString();
  return {
    authorizationData: [
      {
        authorizationToken: Buffer.from(`${user}:${credential}`).toString("base64"),
        expiresAt: epoch(expires),
        proxyEndpoint: `https://${registryOf(aws)}`,
      },
    ],
  };
});

export const ecr: JsonApi = {
  target: "AmazonEC2ContainerRegistry_V20150921",
  prefix: "ecr",
  operations: { GetAuthorizationToken: authorize },
};

/** Returns the token in a registry's Authorization header, or undefined if the header has none. */
export function tokenIn(header: string | undefined): string | undefined {
  const [, encoded = ""] = /^Basic (\S+)$/i.exec(header ?? "") ?? [];
  const [name, token] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return name === user ? token : undefined;
}

/**
 * Whether the Authorization header's caller may pull from the repository; without a repository, whether the caller is
 * known.
 */
export function mayPull(aws: Account, header: string | undefined, repository: string): boolean {
  const token = tokenIn(header);
  if (token === undefined) return false;
  try {
    const caller = callerOf(aws, token);
    if (caller.kind === "person") return true;
    if (caller.kind === "anonymous") return false;
    const arn = aws.arn("ecr", `repository/${repository}`);
    return repository === "" || allows(aws, caller.role, "ecr:BatchGetImage", arn);
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}
