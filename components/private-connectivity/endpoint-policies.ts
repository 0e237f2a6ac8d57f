import { parseArn } from "../../limits/arn.ts";
import { bucketsOfAws } from "../../limits/private-connectivity/buckets-of-aws.ts";
import type { EndpointPlace, EndpointService } from "../../limits/private-connectivity/endpoint-services.ts";

/** The place of an endpoint, with its partition as in ARNs. */
export interface PolicyPlace extends EndpointPlace {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
}

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, string>> };
}

/** The services whose actions have another prefix in IAM than the endpoint's name. */
const actionPrefixes: Partial<Readonly<Record<EndpointService, string>>> = {
  "ecs-agent": "ecs",
  "ecs-telemetry": "ecs",
  "ecr.api": "ecr",
  "ecr.dkr": "ecr",
  monitoring: "cloudwatch",
};

/**
 * Returns the policy of an endpoint: this account's principals may use the one service on this account's resources, and nodes
 * the resources of AWS that they need. It grants nothing that IAM does not: it only limits what passes.
 *
 * Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_endpoint_policies.html
 *
 * @param secretArns what services read besides: those of other accounts must pass too
 * @returns the policy document, as JSON
 */
export function endpointPolicy(
  service: EndpointService,
  place: PolicyPlace,
  secretArns: readonly string[] = [],
): string {
  const { accountId } = place;
  const own: Statement = {
    Sid: "ThisAccount",
    Action: `${actionPrefixes[service] ?? service}:*`,
    Resource: "*",
    Condition: {
      StringEquals: { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId },
    },
  };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [own, ...exceptions(service, place), ...foreignSecrets(service, place, secretArns)].map(
      ({ Sid, ...rest }) => ({
        Sid,
        Effect: "Allow",
        Principal: "*",
        ...rest,
      }),
    ),
  });
}

/** The secrets of other accounts that services read, one by one. */
function foreignSecrets(
  service: EndpointService,
  { accountId }: PolicyPlace,
  secretArns: readonly string[],
): readonly Statement[] {
  const action = { ssm: "ssm:GetParameters", secretsmanager: "secretsmanager:GetSecretValue" }[
    String(service)
  ];
  const arns = secretArns.filter((arn) => {
    const { service: of, account } = parseArn(arn) ?? {};
    return of === service && account !== accountId;
  });
  return action === undefined || arns.length === 0
    ? []
    : [
        {
          Sid: "SecretsOfOtherAccounts",
          Action: action,
          Resource: [...new Set(arns)].toSorted(),
          Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
        },
      ];
}

/** Requests that must pass although their principal or their resource is not in this account. */
function exceptions(service: EndpointService, place: PolicyPlace): readonly Statement[] {
  const { partition, region, accountId } = place;
  const ownPrincipals = { StringEquals: { "aws:PrincipalAccount": accountId } };
  switch (service) {
    case "ssm":
      return [
        {
          Sid: "DocumentsAndParametersOfAws",
          Action: ["ssm:Describe*", "ssm:Get*", "ssm:List*", "ssm:SendCommand", "ssm:StartSession"],
          Resource: [
            `arn:${partition}:ssm:${region}::document/*`,
            `arn:${partition}:ssm:${region}::parameter/aws/*`,
          ],
          Condition: ownPrincipals,
        },
        {
          // These requests have no principal: an activation or the node's own key authenticates them.
          Sid: "NodesBeforeTheyHaveARole",
          Action: [
            "ssm:RegisterManagedInstance",
            "ssm:RequestManagedInstanceRoleToken",
            "ssm:UpdateManagedInstancePublicKey",
          ],
          Resource: "*",
        },
      ];
    case "ecr.api":
    case "ecr.dkr":
      return [
        {
          Sid: "ImagesOfOtherAccounts",
          Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          Resource: "*",
          Condition: ownPrincipals,
        },
      ];
    case "s3":
      return [
        {
          // They are public, except ECR's layers, whose addresses ECR signs.
          Sid: "BucketsOfAws",
          Action: "s3:GetObject",
          Resource: bucketsOfAws(region).map((bucket) => `arn:${partition}:s3:::${bucket}/*`),
        },
      ];
    case "sts":
      return [
        {
          Sid: "FederatedToThisAccount",
          Action: ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
          Resource: "*",
          Condition: { StringEquals: { "aws:ResourceAccount": accountId } },
        },
      ];
    default:
      return [];
  }
}
