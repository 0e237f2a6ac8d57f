/** What the containers of a service may do, and what their agent reads for them. */
import type { Patch, Row } from "../row.ts";

const keepsRunning =
  "The containers keep running. What is taken from them they lose last, once everything else has changed.";
const readAtStart = "A new value in the same place is read by the tasks that start after it.";
const secretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:own-AbCdEf";
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
const readOnlyAccess = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const inEcr = "123456789012.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/redis:7";
const statement = { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::photos/*"] };

type ServicePatch = NonNullable<NonNullable<Patch["services"]>[string]>;

const own = (service: ServicePatch): Patch => ({ services: { NAME: service } });

export const permissions = {
  "services.NAME.secrets.NAME": {
    effect: "new tasks",
    text: readAtStart,
    to: own({ secrets: { TOKEN: "/web/token" } }),
    steps: [
      "replace TaskDefinition NAME-task",
      "replace RolePolicy NAME-execution",
      "update Service NAME-service",
    ],
  },
  "services.NAME.secrets.NAME.secretArn": {
    effect: "new tasks",
    text: readAtStart,
    from: own({ secrets: { TOKEN: "/web/token" } }),
    to: own({ secrets: { TOKEN: { secretArn } } }),
    steps: [
      "replace TaskDefinition NAME-task",
      "replace RolePolicy NAME-execution",
      "update Service NAME-service",
    ],
  },
  "services.NAME.secrets.NAME.jsonKey": {
    effect: "new tasks",
    text: readAtStart,
    from: own({ secrets: { TOKEN: { secretArn, jsonKey: "token" } } }),
    to: own({ secrets: { TOKEN: { secretArn, jsonKey: "password" } } }),
    steps: ["replace TaskDefinition NAME-task", "update Service NAME-service"],
  },
  "services.NAME.secrets.NAME.versionStage": {
    effect: "new tasks",
    text: readAtStart,
    from: own({ secrets: { TOKEN: { secretArn } } }),
    to: own({ secrets: { TOKEN: { secretArn, versionStage: "AWSPREVIOUS" } } }),
    steps: ["replace TaskDefinition NAME-task", "update Service NAME-service"],
  },
  "services.NAME.secrets.NAME.versionId": {
    effect: "new tasks",
    text: "A version never changes: what is read is known before the tasks start.",
    from: own({ secrets: { TOKEN: { secretArn } } }),
    to: own({ secrets: { TOKEN: { secretArn, versionId: "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9" } } }),
    steps: ["replace TaskDefinition NAME-task", "update Service NAME-service"],
  },
  "services.NAME.secretsKeyArns": {
    effect: "in place",
    text: keepsRunning,
    from: own({ secrets: { TOKEN: "/web/token" } }),
    to: own({ secrets: { TOKEN: "/web/token" }, secretsKeyArns: [keyArn] }),
    steps: ["replace RolePolicy NAME-execution"],
  },
  "services.NAME.registryCredentials": {
    effect: "new tasks",
    text: "A node that has the image pulls it again.",
    to: own({ registryCredentials: secretArn }),
    steps: [
      "replace TaskDefinition NAME-task",
      "replace RolePolicy NAME-execution",
      "update Service NAME-service",
    ],
  },
  "services.NAME.pullThroughCache": {
    effect: "in place",
    text: "The repository that ECR created for the cache stays.",
    from: own({ image: inEcr }),
    to: own({ image: inEcr, pullThroughCache: true }),
    steps: ["replace RolePolicy NAME-execution"],
  },
  "services.NAME.policies": {
    effect: "added and removed",
    text: keepsRunning,
    to: own({ policies: [readOnlyAccess] }),
    steps: ["create RolePolicyAttachment NAME-task-*"],
  },
  "services.NAME.statements": {
    effect: "added and removed",
    text: keepsRunning,
    to: own({ statements: [statement] }),
    steps: ["create RolePolicy NAME-task-statements"],
  },
  "services.NAME.statements[].actions": {
    effect: "in place",
    text: keepsRunning,
    from: own({ statements: [statement] }),
    to: own({ statements: [{ ...statement, actions: ["s3:GetObject", "s3:PutObject"] }] }),
    steps: ["replace RolePolicy NAME-task-statements"],
  },
  "services.NAME.statements[].resources": {
    effect: "in place",
    text: keepsRunning,
    from: own({ statements: [statement] }),
    to: own({ statements: [{ ...statement, resources: ["arn:aws:s3:::albums/*"] }] }),
    steps: ["replace RolePolicy NAME-task-statements"],
  },
  "services.NAME.statements[].condition.NAME": {
    effect: "in place",
    text: keepsRunning,
    from: own({ statements: [statement] }),
    to: own({
      statements: [{ ...statement, condition: { Bool: { "aws:SecureTransport": ["true"] } } }],
    }),
    steps: ["replace RolePolicy NAME-task-statements"],
  },
} as const satisfies Readonly<Record<string, Row>>;
