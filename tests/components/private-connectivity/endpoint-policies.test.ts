import test from "ava";
import { endpointPolicy } from "../../../components/private-connectivity/endpoint-policies.ts";
import {
  type EndpointService,
  endpointServices,
} from "../../../limits/private-connectivity/endpoint-services.ts";
import { built } from "../cloud.ts";
import { endpoints } from "./endpoints.ts";

const conditions = (keys: Record<string, string>) => ({ Condition: { StringEquals: keys } });
const account = "123456789012";
const own = (Action: string) => ({
  Sid: "ThisAccount",
  Effect: "Allow",
  Principal: "*",
  Action,
  Resource: "*",
  ...conditions({ "aws:PrincipalAccount": account, "aws:ResourceAccount": account }),
});
const allowed: [service: EndpointService, statements: object[]][] = [
  ["ecs", [own("ecs:*")]],
  ["logs", [own("logs:*")]],
  ["monitoring", [own("cloudwatch:*")]],
  [
    "ssm",
    [
      own("ssm:*"),
      {
        Sid: "DocumentsAndParametersOfAws",
        Effect: "Allow",
        Principal: "*",
        Action: ["ssm:Describe*", "ssm:Get*", "ssm:List*", "ssm:SendCommand", "ssm:StartSession"],
        Resource: ["arn:aws:ssm:us-east-1::document/*", "arn:aws:ssm:us-east-1::parameter/aws/*"],
        ...conditions({ "aws:PrincipalAccount": account }),
      },
      {
        Sid: "NodesBeforeTheyHaveARole",
        Effect: "Allow",
        Principal: "*",
        Action: [
          "ssm:RegisterManagedInstance",
          "ssm:RequestManagedInstanceRoleToken",
          "ssm:UpdateManagedInstancePublicKey",
        ],
        Resource: "*",
      },
    ],
  ],
  [
    "ecr.dkr",
    [
      own("ecr:*"),
      {
        Sid: "ImagesOfOtherAccounts",
        Effect: "Allow",
        Principal: "*",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: "*",
        ...conditions({ "aws:PrincipalAccount": account }),
      },
    ],
  ],
  [
    "s3",
    [
      own("s3:*"),
      {
        Sid: "BucketsOfAws",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: [
          "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",
          "arn:aws:s3:::amazon-ecs-agent-us-east-1/*",
          "arn:aws:s3:::al2023-repos-us-east-1-de612dc2/*",
          "arn:aws:s3:::amazon-ssm-us-east-1/*",
          "arn:aws:s3:::amazon-ssm-packages-us-east-1/*",
          "arn:aws:s3:::aws-ssm-us-east-1/*",
          "arn:aws:s3:::aws-ssm-distributor-file-us-east-1/*",
          "arn:aws:s3:::aws-ssm-document-attachments-us-east-1/*",
          "arn:aws:s3:::aws-patch-manager-us-east-1-*/*",
          "arn:aws:s3:::patch-baseline-snapshot-us-east-1/*",
          "arn:aws:s3:::patch-baseline-snapshot-us-east-1-*/*",
          "arn:aws:s3:::us-east-1-birdwatcher-prod/*",
        ],
      },
    ],
  ],
  [
    "sts",
    [
      own("sts:*"),
      {
        Sid: "FederatedToThisAccount",
        Effect: "Allow",
        Principal: "*",
        Action: ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
        Resource: "*",
        ...conditions({ "aws:ResourceAccount": account }),
      },
    ],
  ],
];
for (const [service, Statement] of allowed) {
  test.serial(`what passes through ${service}`, async (t) => {
    const { json } = await built(() => endpoints([service]));
    t.deepEqual(json("VpcEndpoint", `private-${service}`, "policy"), { Version: "2012-10-17", Statement });
  });
}

test("each endpoint allows its own service's actions, under the service's name in IAM", (t) => {
  const place = { partition: "aws", region: "us-east-1", accountId: account };
  const actions = Object.keys(endpointServices).map((service) => {
    const { Statement } = JSON.parse(endpointPolicy(service as EndpointService, place));
    return [service, Statement[0].Action];
  });
  t.deepEqual(Object.fromEntries(actions), {
    "ecs-agent": "ecs:*",
    "ecs-telemetry": "ecs:*",
    ecs: "ecs:*",
    ssm: "ssm:*",
    ssmmessages: "ssmmessages:*",
    ec2messages: "ec2messages:*",
    "ecr.api": "ecr:*",
    "ecr.dkr": "ecr:*",
    s3: "s3:*",
    logs: "logs:*",
    kms: "kms:*",
    secretsmanager: "secretsmanager:*",
    monitoring: "cloudwatch:*",
    sts: "sts:*",
  });
});

test("secrets of other accounts that services read pass too, and no others", (t) => {
  const place = { partition: "aws", region: "us-east-1", accountId: account };
  const foreign = "arn:aws:secretsmanager:us-east-1:210987654321:secret:hits-AbCdEf";
  const shared = "arn:aws:ssm:us-east-1:210987654321:parameter/hits/token";
  const own = `arn:aws:secretsmanager:us-east-1:${account}:secret:own-AbCdEf`;
  const exceptionFor = (service: EndpointService) =>
    JSON.parse(endpointPolicy(service, place, [foreign, shared, own, foreign])).Statement.find(
      ({ Sid }: { Sid: string }) => Sid === "SecretsOfOtherAccounts",
    );
  t.like(exceptionFor("secretsmanager"), {
    Action: "secretsmanager:GetSecretValue",
    Resource: [foreign],
    Condition: { StringEquals: { "aws:PrincipalAccount": account } },
  });
  t.like(exceptionFor("ssm"), { Action: "ssm:GetParameters", Resource: [shared] });
  t.is(exceptionFor("kms"), undefined);
});
