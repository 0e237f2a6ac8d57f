import { allow, trust } from "./account.ts";
import { type Case, held, refuses } from "./refusal.ts";

const cases: Case[] = [
  [
    "a managed policy that does not exist",
    (a) =>
      a.make("rolePolicyAttachment", { role: a.nodeRole(), policyArn: "arn:aws:iam::aws:policy/AmazonSSM" }),
    "api error NoSuchEntity: Policy arn:aws:iam::aws:policy/AmazonSSM does not exist or is not attachable.",
  ],
  [
    "a managed policy of the account that does not exist",
    (a) =>
      a.make("rolePolicyAttachment", {
        role: a.nodeRole(),
        policyArn: "arn:aws:iam::123456789012:policy/photos",
      }),
    "api error NoSuchEntity: Policy arn:aws:iam::123456789012:policy/photos does not exist or is not attachable.",
  ],
  [
    "a managed policy twice",
    (a) => {
      a.make("policy", { name: "photos", policy: allow(["s3:GetObject"], "*") });
      a.make("policy", { name: "photos", policy: allow(["s3:GetObject"], "*") });
    },
    "api error EntityAlreadyExists: A policy called photos already exists. Duplicate names are not allowed.",
  ],
  [
    "a policy with characters that are not Latin",
    (a) => a.make("policy", { name: "photos", policy: allow(["s3:GetObject"], "arn:aws:s3:::фото/*") }),
    "api error ValidationError: The specified value for policyDocument is invalid. It must contain only printable ASCII characters.",
  ],
  [
    "a secret twice",
    (a) => {
      a.make("secret", { name: "hits" });
      a.make("secret", { name: "hits" });
    },
    "api error ResourceExistsException: The operation failed because the secret hits already exists.",
  ],
  [
    "a secret with a key that does not exist",
    (a) => a.make("secret", { name: "hits", kmsKeyId: "0a1b" }),
    "api error InvalidParameterException: The KMS key 0a1b does not exist.",
  ],
  [
    "a value of a secret that does not exist",
    (a) => a.make("secretVersion", { secretId: "hits", secretString: "x" }),
    "api error ResourceNotFoundException: Secrets Manager can't find the specified secret.",
  ],
  [
    "a policy on a role that does not exist",
    (a) => a.make("rolePolicy", { role: "missing", policy: allow(["ecr:*"], "*") }),
    "api error NoSuchEntity: The role with name missing cannot be found.",
  ],
  [
    "a role's name twice",
    (a) => {
      a.nodeRole();
      a.nodeRole();
    },
    "api error EntityAlreadyExists: Role with name node already exists.",
  ],
  [
    "a trust policy without a principal",
    (a) => a.make("role", { assumeRolePolicy: allow(["sts:AssumeRole"], "*") }),
    "api error MalformedPolicyDocument: AssumeRole policy must contain resources or principals",
  ],
  [
    "a resource that is not an ARN",
    (a) => a.make("rolePolicy", { role: a.nodeRole(), policy: allow(["logs:PutLogEvents"], "/hits") }),
    'api error MalformedPolicyDocument: Resource /hits must be in ARN format or "*".',
  ],
  [
    "an activation for a role that Systems Manager may not assume",
    (a) => {
      a.make("role", { name: "task", assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
      a.make("activation", { iamRole: "task" });
    },
    "api error ValidationException: Nonexistent role or missing ssm service principal in trust policy: arn:aws:iam::123456789012:role/task",
  ],
  [
    "an activation that lasts 31 days",
    (a) => a.make("activation", { iamRole: a.nodeRole(), expirationDate: "2026-12-22T12:00:01Z" }),
    "api error ValidationException: Invalid expiration date: it must be in the future and at most 30 days away.",
  ],
  [
    "a log group twice",
    (a) => {
      a.make("logGroup", { name: "/hits" });
      a.make("logGroup", { name: "/hits" });
    },
    "api error ResourceAlreadyExistsException: The specified log group already exists",
  ],
  [
    "a log group with a space",
    (a) => a.make("logGroup", { name: "my logs" }),
    "name: must be 1 to 512 of A-Z a-z 0-9 . - _ / #",
  ],
  [
    "a retention that CloudWatch does not offer",
    (a) => a.make("logGroup", { retentionInDays: 31 }),
    "retentionInDays: expected retention_in_days to be one of [0 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653]",
  ],
  [
    "a flow log without a role",
    (a) => a.make("flowLog", { vpcId: a.vpc(), trafficType: "ALL", logDestination: "arn:aws:logs:…" }),
    "api error InvalidParameter: DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
  ],
];

refuses(cases);

held(
  "a role with policies",
  (a) => {
    const role = a.nodeRole();
    a.make("rolePolicyAttachment", {
      role,
      policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    });
    return () => a.drop("role", role);
  },
  /^api error DeleteConflict: Cannot delete entity, must detach all policies first\.$/,
);

held(
  "a managed policy that a role has",
  (a) => {
    const policyArn = a.make("policy", { name: "photos", policy: allow(["s3:GetObject"], "*") });
    a.make("rolePolicyAttachment", { role: a.nodeRole(), policyArn });
    return () => a.drop("policy", policyArn);
  },
  /^api error DeleteConflict: Cannot delete a policy attached to entities\.$/,
);
