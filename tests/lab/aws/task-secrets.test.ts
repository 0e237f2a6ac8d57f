/** What the lab's ECS agent gets for a service, by the policy that the component itself gives to the execution role. */
import test from "ava";
import type { ExternalServiceArgs } from "../../../components/service/external-service.ts";
import type { Aws } from "../../../lab/aws/aws.ts";
import { secretsOf } from "../../../lab/aws/control/task-secrets.ts";
import { built } from "../../components/cloud.ts";
import { redis } from "../../components/service/redis.ts";

interface Company {
  readonly plain: string;
  readonly encrypted: string;
  readonly keyArn: string;
}

/** Creates two secrets, one of them encrypted with the company's own key, and a parameter. */
function company(aws: Aws): Company {
  const make = (type: string, inputs: object) => aws.create(`aws:${type}`, { ...inputs });
  const keyArn = String(make("kms/key:Key", {}).outputs.arn);
  const put = (name: string, secretString: string, more: object = {}) => {
    const { id } = make("secretsmanager/secret:Secret", { name, ...more });
    const version = (text: string, versionStages: string[]) =>
      make("secretsmanager/secretVersion:SecretVersion", { secretId: id, secretString: text, versionStages });
    version("before", ["AWSPREVIOUS"]);
    version(secretString, ["AWSCURRENT"]);
    return id;
  };
  make("ssm/parameter:Parameter", { name: "/hits/token", type: "SecureString", value: "t0ken" });
  return {
    plain: put("plain", '{"username":"ann","password":"s3cret","port":6379}'),
    encrypted: put("encrypted", "hidden", { kmsKeyId: keyArn }),
    keyArn,
  };
}

/** Builds a service in an account with these secrets, and returns what its agent gets. */
async function got(over: (company: Company) => Partial<ExternalServiceArgs>) {
  let known: Company = { plain: "", encrypted: "", keyArn: "" };
  const { aws, child } = await built(() => redis(over(known)), {
    prepare: (aws) => {
      known = company(aws);
    },
  });
  const definition = aws.runtime.ecs.definitions[String(child("TaskDefinition", "redis-task").state.arn)];
  if (!definition) throw new Error("no task definition");
  const read = secretsOf(aws, definition);
  if (read instanceof Error) return read.message.replaceAll(/arn:[^ :]*(:[^ :]*){5,6}/g, "ARN");
  const { secrets } = definition.containerDefinitions[0] ?? { secrets: [] };
  const values = secrets.map(({ name, valueFrom }) => [name, read.values[valueFrom]]);
  return { ...Object.fromEntries(values), registries: read.registries };
}

test.serial("containers get whole secrets, keys of them, and former versions", async (t) => {
  const read = await got(({ plain }) => ({
    secrets: {
      TOKEN: "/hits/token",
      PASSWORD: { secretArn: plain, jsonKey: "password" },
      PORT: { secretArn: plain, jsonKey: "port" },
      FORMER: { secretArn: plain, versionStage: "AWSPREVIOUS" },
    },
  }));
  t.deepEqual(read, {
    TOKEN: "t0ken",
    PASSWORD: "s3cret",
    PORT: "6379",
    FORMER: "before",
    registries: {},
  });
});

test.serial(
  "a secret that the user's key encrypts is read with secretsKeyArns, and not without",
  async (t) => {
    const secrets = (encrypted: string) => ({ HIDDEN: encrypted });
    t.like(
      await got(({ encrypted, keyArn }) => ({ secrets: secrets(encrypted), secretsKeyArns: [keyArn] })),
      { HIDDEN: "hidden" },
    );
    t.regex(
      String(await got(({ encrypted }) => ({ secrets: secrets(encrypted) }))),
      /^ResourceInitializationError: unable to pull secrets .* AccessDeniedException: .* is not authorized to perform: kms:Decrypt/,
    );
  },
);

test.serial("a private registry's credentials reach the agent, and no container", async (t) => {
  const read = await got(({ plain }) => ({
    image: "registry.example.com/redis:7",
    registryCredentials: plain,
  }));
  t.deepEqual(read, { registries: { redis: { username: "ann", password: "s3cret" } } });
});

const missing: readonly [
  title: string,
  over: (company: Company) => Partial<ExternalServiceArgs>,
  said: RegExp,
][] = [
  [
    "a key that the secret does not have",
    ({ plain }) => ({ secrets: { X: { secretArn: plain, jsonKey: "nothing" } } }),
    /retrieved secret from Secrets Manager did not contain json key nothing$/,
  ],
  [
    "a version that the secret does not have",
    ({ plain }) => ({ secrets: { X: { secretArn: plain, versionId: "0a1b" } } }),
    /ResourceNotFoundException: Secrets Manager can't find the specified secret value for VersionId: 0a1b$/,
  ],
  [
    "a secret that does not exist",
    ({ plain }) => ({
      secrets: { X: `${plain.slice(0, -1)}!`.replace("!", plain.endsWith("a") ? "b" : "a") },
    }),
    /ResourceNotFoundException: Secrets Manager can't find the specified secret\.$/,
  ],
  [
    "a parameter of another account",
    () => ({ secrets: { X: "arn:aws:ssm:us-east-1:210987654321:parameter/hits/token" } }),
    /unable to retrieve secrets from ssm: .* invalid parameters: \/hits\/token$/,
  ],
];
for (const [title, over, said] of missing)
  test.serial(`the task does not start without its secret: ${title}`, async (t) => {
    t.regex(String(await got(over)), said);
  });
