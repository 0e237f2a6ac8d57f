/** What the ECS agent reads for a task before its containers start, by the task's execution role. */
import type { Account } from "../account.ts";
import { AwsError } from "../errors.ts";
import { secret, secretString } from "../services/storage/secret.ts";
import { parsedJson } from "../values.ts";
import type { RegisteredTaskDefinition } from "./model.ts";
import { allows } from "./policy.ts";

/** The values by what the task definition calls them, and the registries' credentials by container. */
export interface TaskSecrets {
  readonly values: Readonly<Record<string, string>>;
  readonly registries: Readonly<Record<string, { readonly username: string; readonly password: string }>>;
}

const failed =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";

/** Returns what the task needs, or the reason why it cannot start, in the words of AWS's agent. */
export function secretsOf(aws: Account, definition: RegisteredTaskDefinition): TaskSecrets | Error {
  const role = definition.executionRoleArn?.split("/").at(-1) ?? "";
  const read = (valueFrom: string) =>
    valueFrom.startsWith("arn:") && valueFrom.split(":")[2] === "secretsmanager"
      ? fromSecretsManager(aws, role, valueFrom)
      : fromParameterStore(aws, role, valueFrom);
  try {
    const values = definition.containerDefinitions.flatMap((c) =>
      c.secrets.map(({ valueFrom }) => [valueFrom, read(valueFrom)] as const),
    );
    const registries = definition.containerDefinitions.flatMap(({ name, repositoryCredentials }) => {
      if (!repositoryCredentials) return [];
      const credentials = parsedJson(read(String(repositoryCredentials.credentialsParameter)));
      const { username = "", password = "" } = Object(credentials);
      return [[name, { username, password }] as const];
    });
    return { values: Object.fromEntries(values), registries: Object.fromEntries(registries) };
  } catch (error) {
    if (error instanceof Error) return new Error(`${failed} ${error.message}`);
    throw error;
  }
}

function permit(aws: Account, role: string, action: string, arn: string, context = {}): void {
  if (!allows(aws, role, action, arn, context))
    throw new Error(
      `AccessDeniedException: ${role} is not authorized to perform: ${action} on resource: ${arn}`,
    );
}

/** @param valueFrom a name, or an ARN */
function fromParameterStore(aws: Account, role: string, valueFrom: string): string {
  const ofName = valueFrom.split(":parameter/")[1];
  const name = ofName === undefined ? valueFrom : `/${ofName}`;
  const arn = ofName === undefined ? aws.arn("ssm", `parameter/${name.replace(/^\//, "")}`) : valueFrom;
  const from = "unable to retrieve secrets from ssm: service call has been retried 1 time(s):";
  try {
    permit(aws, role, "ssm:GetParameters", arn);
    const { parameters } = aws.runtime;
    const isOwn = arn === aws.arn("ssm", `parameter/${name.replace(/^\//, "")}`);
    const found = isOwn ? (parameters[name] ?? parameters[name.replace(/^\//, "")]) : undefined;
    if (!found) throw new Error(`invalid parameters: ${name}`);
    return found.value;
  } catch (error) {
    throw new Error(`${from} ${(error as Error).message}`);
  }
}

/** @param valueFrom a secret's ARN, and behind it a key of its JSON, a label and a version's id, or nothing */
function fromSecretsManager(aws: Account, role: string, valueFrom: string): string {
  const parts = valueFrom.split(":");
  const arn = parts.slice(0, 7).join(":");
  const [key = "", stage = "", versionId = ""] = parts.slice(7);
  const from = `unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${arn} from secrets manager:`;
  try {
    permit(aws, role, "secretsmanager:GetSecretValue", arn);
    const keyId = secret.get(aws, arn)?.inputs.kmsKeyId;
    // AWS's own key of the service lets the account's principals in.
    if (keyId !== undefined)
      permit(aws, role, "kms:Decrypt", keyId, {
        "kms:ViaService": `secretsmanager.${aws.region}.amazonaws.com`,
      });
    const text = secretString(aws, arn, stage, versionId);
    return key === "" ? text : valueAt(text, key);
  } catch (error) {
    const said = error instanceof AwsError ? `${error.code}: ${error.reason}` : (error as Error).message;
    throw new Error(`${from} ${said}`);
  }
}

function valueAt(text: string, key: string): string {
  const value: unknown = Object(parsedJson(text))[key];
  if (value === undefined)
    throw new Error(`retrieved secret from Secrets Manager did not contain json key ${key}`);
  return typeof value === "string" ? value : JSON.stringify(value);
}
