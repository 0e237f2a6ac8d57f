import type { EndpointPlace, EndpointService } from "../../limits/private-connectivity/endpoint-services.ts";

/** Where an endpoint stands, as ARNs say it. */
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

/** The services whose actions IAM knows by another name than the endpoint's. */
const actionPrefixes: Partial<Readonly<Record<EndpointService, string>>> = {
  "ecs-agent": "ecs",
  "ecs-telemetry": "ecs",
  "ecr.api": "ecr",
  "ecr.dkr": "ecr",
  monitoring: "cloudwatch",
};

/**
 * What may pass through an endpoint: this account's principals, with the one service, on this account's resources; and
 * what nodes need of AWS's own. It allows nobody anything that IAM does not: it is a bound to what passes.
 *
 * Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html,
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html#ssm-agent-minimum-s3-permissions,
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_endpoint_policies.html
 *
 * @returns the policy document, as JSON
 */
export function endpointPolicy(service: EndpointService, place: PolicyPlace): string {
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
    Statement: [own, ...besides(service, place)].map(({ Sid, ...rest }) => ({
      Sid,
      Effect: "Allow",
      Principal: "*",
      ...rest,
    })),
  });
}

/** What must pass although its principal or its resource is not of this account. */
function besides(service: EndpointService, place: PolicyPlace): readonly Statement[] {
  const { partition, region, accountId } = place;
  const ofUs = { StringEquals: { "aws:PrincipalAccount": accountId } };
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
          Condition: ofUs,
        },
        {
          // Signed by no principal: an activation or the node's own key is what proves them.
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
          Condition: ofUs,
        },
      ];
    case "s3":
      return [
        {
          // Anybody may read them; ECR's layers come by an address that ECR signed.
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

/** Images' layers, the agents' packages and installer, and what the Systems Manager agent fetches on a command. */
function bucketsOfAws(region: string): readonly string[] {
  return [
    `prod-${region}-starport-layer-bucket`,
    `amazon-ecs-agent-${region}`,
    `amazon-ssm-${region}`,
    `amazon-ssm-packages-${region}`,
    `aws-ssm-${region}`,
    `aws-ssm-distributor-file-${region}`,
    `aws-ssm-document-attachments-${region}`,
    `patch-baseline-snapshot-${region}`,
    `${region}-birdwatcher-prod`,
  ];
}
