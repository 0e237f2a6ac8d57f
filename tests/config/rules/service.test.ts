/** Refusals of services. */
import test from "ava";
import { parse } from "../../../config/parse.ts";
import { base, node, refused, service, web } from "../stack.ts";

const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:web-AbCdEf";
const inEcr = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1";
const policy = "arn:aws:iam::123456789012:policy/read-photos";

refused([
  [
    "constraint that no node satisfies",
    { ...base, services: { redis: { ...service, placement: { attributes: { redis: "true" } } } } },
    "services.redis.placement.attributes: redis = true: must match a node: otherwise the service could never start; give a node these attributes, or ask for fewer",
  ],
  [
    "service without any node",
    { ...base, hosts: { gateway: base.hosts.gateway }, services: { web: service } },
    "services.web.placement.attributes: {}: must match a node: otherwise the service could never start; add `node: {}` to a host, which makes it a node",
  ],
  [
    "more tasks than fixed host ports",
    { ...base, services: { web: { ...web, desiredCount: 2 } } },
    "services.web.desiredCount: 2: must be at most 1: with fixed host ports or distinctInstance there is one task per node, and these can run it: pi-1; lower desiredCount, or add nodes",
  ],
  [
    "host ports that clash",
    { ...base, services: { web, api: web } },
    "services.api.network.ports: tcp/8080: must not be shared with services.web: 2 tasks do not fit on 1 node; choose another host port, or place them on different nodes",
  ],
  [
    "host port given twice",
    {
      ...base,
      services: { web: { ...service, network: { mode: "host", ports: [8080, 8080] } } },
    },
    "services.web.network.ports: tcp/8080: must be given once; choose another host port for one of them",
  ],
  [
    "reserved host port",
    { ...base, services: { web: { ...service, network: { mode: "host", ports: [51678] } } } },
    "services.web.network.ports.0: 51678: must not be one of 22, 2375, 2376, 51678, 51679, which sshd, Docker and the ECS agent use; choose another host port",
  ],
  [
    "network mode that EXTERNAL does not have",
    { ...base, services: { web: { ...service, network: { mode: "awsvpc" } } } },
    "services.web.network.mode: awsvpc: must be one of bridge, host, none: how the containers use the node's network. `awsvpc` does not exist outside AWS; choose one of them",
  ],
  [
    "attribute with a space",
    {
      ...base,
      services: { web: { ...service, desiredCount: 0, placement: { attributes: { rack: "no 3" } } } },
    },
    "services.web.placement.attributes.rack: no 3: must not be empty, or have a space or a backslash: the query language of ECS cannot compare it; choose another value, also on the nodes",
  ],
  [
    "health check that begins with a keyword of Docker's",
    { ...base, services: { web: { ...service, healthCheck: { command: ["CMD", "true"] } } } },
    'services.web.healthCheck.command: ["CMD","true"]: must be a program with its arguments, as it is run inside the container; write for example ["redis-cli", "ping"] or ["sh", "-c", "…"]',
  ],
  [
    "variable that is a secret, too",
    {
      ...base,
      services: { web: { ...service, environment: { TOKEN: "1" }, secrets: { TOKEN: "/hits/token" } } },
    },
    "services.web.secrets: TOKEN: must not be in `environment`, too: ECS takes each name of a variable once; remove it from one of them",
  ],
  [
    "parameter without its full name",
    { ...base, services: { web: { ...service, secrets: { TOKEN: "/hits//token" } } } },
    "services.web.secrets.TOKEN: /hits//token: must be the full name of an SSM parameter: parts of A-Z a-z 0-9 _ . - with a / before each; write for example /hits/token",
  ],
  [
    "secret by an ARN that lacks its last characters",
    {
      ...base,
      services: {
        web: {
          ...service,
          secrets: { TOKEN: { secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:web" } },
        },
      },
    },
    "services.web.secrets.TOKEN.secretArn: arn:aws:secretsmanager:us-east-1:123456789012:secret:web: must be the whole ARN of a secret in Secrets Manager, with the six characters that AWS put behind its name; run `aws secretsmanager describe-secret --secret-id NAME --query ARN`, which prints it",
  ],
  [
    "secret as ECS writes it, with a version behind it",
    { ...base, services: { web: { ...service, secrets: { TOKEN: `${secret}::AWSPREVIOUS:` } } } },
    `services.web.secrets.TOKEN: ${secret}::AWSPREVIOUS:: must be the ARN of a secret alone, without a key or a version behind it; write {secretArn: "arn:…:secret:web-AbCdEf", versionStage: AWSPREVIOUS}`,
  ],
  [
    "credentials of a registry with a key behind the ARN",
    { ...base, services: { web: { ...service, registryCredentials: `${secret}:token::` } } },
    `services.web.registryCredentials: ${secret}:token::: must be the ARN of a secret alone, without a key or a version behind it; remove :token::`,
  ],
  [
    "secret as ECS writes it, with its key behind it",
    { ...base, services: { web: { ...service, secrets: { TOKEN: `${secret}:token::` } } } },
    `services.web.secrets.TOKEN: ${secret}:token::: must be the ARN of a secret alone, without a key or a version behind it; write {secretArn: "arn:…:secret:web-AbCdEf", jsonKey: token}`,
  ],
  [
    "secret of another service",
    { ...base, services: { web: { ...service, secrets: { TOKEN: "arn:aws:s3:::photos" } } } },
    "services.web.secrets.TOKEN: arn:aws:s3:::photos: must be the ARN of an SSM parameter, or of a secret in Secrets Manager; write for example arn:aws:ssm:us-east-1:123456789012:parameter/hits/token",
  ],
  [
    "secret without its ARN, with a misspelt key",
    {
      ...base,
      services: { web: { ...service, secrets: { TOKEN: { secretArn: secret, jsonkey: "token" } } } },
    },
    "services.web.secrets.TOKEN.jsonkey: (unknown key): must be one of secretArn, jsonKey, versionStage, versionId; write jsonKey",
  ],
  [
    "secret in a list",
    { ...base, services: { web: { ...service, secrets: { TOKEN: ["/hits/token"] } } } },
    'services.web.secrets.TOKEN: ["/hits/token"]: must be a name, an ARN or a mapping with secretArn; write for example /hits/token',
  ],
  [
    "secret of two versions",
    {
      ...base,
      services: {
        web: {
          ...service,
          secrets: { TOKEN: { secretArn: secret, versionStage: "AWSPREVIOUS", versionId: "0a1b" } },
        },
      },
    },
    "services.web.secrets.TOKEN: (a mapping): must not have both versionStage and versionId: ECS takes one of them; remove one of them",
  ],
  [
    "secret with a key that has a colon",
    {
      ...base,
      services: { web: { ...service, secrets: { TOKEN: { secretArn: secret, jsonKey: "a:b" } } } },
    },
    "services.web.secrets.TOKEN.jsonKey: a:b: must not be empty, or have a colon: ECS separates the parts of a secret by colons; rename it in Secrets Manager",
  ],
  [
    "key of a secret by its alias",
    {
      ...base,
      services: {
        web: { ...service, secretsKeyArns: ["arn:aws:kms:us-east-1:123456789012:alias/secrets"] },
      },
    },
    "services.web.secretsKeyArns.0: arn:aws:kms:us-east-1:123456789012:alias/secrets: must be the ARN of a KMS key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID; run `aws kms describe-key --key-id KEY --query KeyMetadata.Arn`, which prints it",
  ],
  [
    "credentials for ECR",
    { ...base, services: { web: { ...service, image: inEcr, registryCredentials: secret } } },
    `services.web.registryCredentials: ${inEcr}: must not be given for an image of ECR, which the service's execution role may pull; remove it`,
  ],
  [
    "pull-through cache without ECR",
    { ...base, services: { web: { ...service, pullThroughCache: true } } },
    "services.web.pullThroughCache: example/web:1: must not be set for an image of another registry than ECR; name the image as the cache has it: ACCOUNT.dkr.ecr.REGION.amazonaws.com/PREFIX/REPOSITORY",
  ],
  [
    "policy by its name",
    { ...base, services: { web: { ...service, policies: ["AmazonS3ReadOnlyAccess"] } } },
    "services.web.policies.0: AmazonS3ReadOnlyAccess: must be the ARN of a managed policy of IAM; write for example arn:aws:iam::123456789012:policy/read-photos, or arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
  ],
  [
    "policy given twice",
    { ...base, services: { web: { ...service, policies: [policy, policy] } } },
    `services.web.policies: ${policy}: must be named once; remove the repetition`,
  ],
  [
    "statement with an action of no service",
    { ...base, services: { web: { ...service, statements: [{ actions: ["Read"], resources: ["*"] }] } } },
    "services.web.statements.0.actions.0: Read: must be an action of IAM: a service and an operation, with a colon between them; write for example s3:GetObject",
  ],
  [
    "statement about a bucket's name",
    {
      ...base,
      services: { web: { ...service, statements: [{ actions: ["s3:GetObject"], resources: ["photos"] }] } },
    },
    "services.web.statements.0.resources.0: photos: must be an ARN, which may have * and ? in it, or * alone; write for example arn:aws:s3:::photos/*",
  ],
  [
    "a statement about a resource that a policy cannot name",
    {
      ...base,
      services: {
        web: { ...service, statements: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::фото/*"] }] },
      },
    },
    "services.web.statements.0.resources.0: arn:aws:s3:::фото/*: must have Latin characters only: IAM takes no others in a policy; put ? in the place of each other character",
  ],
  [
    "statement with an unknown operator",
    {
      ...base,
      services: {
        web: {
          ...service,
          statements: [{ actions: ["s3:*"], resources: ["*"], condition: { Equals: { "aws:x": ["y"] } } }],
        },
      },
    },
    "services.web.statements.0.condition.Equals: Equals: must be a condition operator of IAM; write for example StringEquals or ArnLike",
  ],
  [
    "statement that denies",
    {
      ...base,
      services: {
        web: { ...service, statements: [{ effect: "Deny", actions: ["s3:*"], resources: ["*"] }] },
      },
    },
    "services.web.statements.0.effect: (unknown key): must be one of actions, resources, condition; remove it",
  ],
]);

const twoNodes = { ...base.hosts, "pi-2": node("192.168.1.102") };

test("a service without running tasks needs no node", (t) => {
  const placement = { attributes: { redis: "true" } };
  t.notThrows(() =>
    parse({ ...base, services: { web: { ...web, desiredCount: 0, placement } } }, "us-east-1"),
  );
});

test("services may share a host port if there are enough nodes", (t) => {
  t.notThrows(() => parse({ ...base, hosts: twoNodes, services: { web, api: web } }, "us-east-1"));
});

test("a service takes secrets by name, by ARN and in parts, and permissions in IAM's words", (t) => {
  const parameter = "arn:aws:ssm:eu-west-1:210987654321:parameter/hits/token";
  const secrets = {
    NAME: "/hits/token",
    PARAMETER: parameter,
    WHOLE: secret,
    PART: { secretArn: secret, jsonKey: "token", versionStage: "AWSPREVIOUS" },
  };
  const statements = [
    {
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::photos/*"],
      condition: { Bool: { "aws:SecureTransport": [true] } },
    },
  ];
  const { services } = parse(
    { ...base, services: { web: { ...service, secrets, statements, policies: [policy] } } },
    "us-east-1",
  );
  t.like(services.web, { policies: [policy] });
  t.deepEqual(services.web?.secrets, secrets);
  t.deepEqual(services.web?.statements[0]?.condition, { Bool: { "aws:SecureTransport": ["true"] } });
});
