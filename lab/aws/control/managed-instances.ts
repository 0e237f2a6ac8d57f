/**
 * Systems Manager's managed instances: registration by activation, and the credentials that a node's agents use.
 * SSM user guide: "Create a hybrid activation"; the agent's own requests: RegisterManagedInstance, RequestManagedInstanceRoleToken.
 */
import type { Account } from "../account.ts";
import { AwsError, documented, reported } from "../errors.ts";
import type { ManagedInstance } from "../runtime.ts";
import { activation } from "../services/cluster/activation.ts";

/** A node reports every 10 s in the lab, and every 5 minutes outside it. */
const onlineSeconds = 40;
const tokenSeconds = 3600;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Returns credentials of a role for a session: the same ones while more than half of their lifetime is left. */
export function issue(aws: Account, role: string, session: string): Credentials {
  const { accessKeys } = aws.runtime;
  const now = aws.now().getTime();
  for (const [id, key] of Object.entries(accessKeys))
    if (Date.parse(key.expiration) < now) delete accessKeys[id];
  const known = Object.entries(accessKeys).find(
    ([, k]) =>
      k.role === role && k.session === session && Date.parse(k.expiration) > now + (tokenSeconds / 2) * 1000,
  );
  const [accessKeyId, key] = known ?? newKey(aws, role, session);
  accessKeys[accessKeyId] = key;
  const { secretAccessKey, sessionToken } = key;
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(key.expiration) };
}

function newKey(aws: Account, role: string, session: string) {
  const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const id = `ASIA${aws.ids.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;
  const key = {
    role,
    session,
    secretAccessKey: aws.ids.text(40, base64),
    sessionToken: aws.ids.text(64, base64),
    expiration: new Date(aws.now().getTime() + tokenSeconds * 1000).toISOString(),
  };
  return [id, key] as const;
}

export function registerManagedInstance(
  aws: Account,
  asked: { activationId: string; activationCode: string; publicKey: string; fingerprint: string },
): ManagedInstance {
  const found = activation.get(aws, asked.activationId);
  if (!found || found.outputs.activationCode !== asked.activationCode)
    throw new AwsError(
      "InvalidActivation",
      "",
      documented("AWS Systems Manager service model: InvalidActivation"),
    );
  const used = aws.runtime.registrations[found.id] ?? 0;
  const isExpired = Date.parse(String(found.outputs.expirationDate)) <= aws.now().getTime();
  // The agent prints the code alone: AWS sends no sentence (aws/amazon-ssm-agent issue 134).
  if (isExpired || used >= found.inputs.registrationLimit)
    throw new AwsError("ActivationExpired", "", reported("aws/amazon-ssm-agent#134"));
  aws.runtime.registrations[found.id] = used + 1;
  const now = aws.now().toISOString();
  const instance: ManagedInstance = {
    instanceId: aws.ids.resource("mi"),
    activationId: found.id,
    iamRole: found.inputs.iamRole,
    tags: { ...found.inputs.tags },
    registrationDate: now,
    publicKey: asked.publicKey,
    fingerprint: asked.fingerprint,
    lastPing: now,
    information: {},
  };
  aws.runtime.managedInstances[instance.instanceId] = instance;
  return instance;
}

export function findManagedInstance(aws: Account, id: string): ManagedInstance {
  const found = aws.runtime.managedInstances[id];
  if (!found)
    throw new AwsError(
      "InvalidInstanceId",
      `Not existing InstanceId ${id}`,
      documented("AWS Systems Manager API, DeregisterManagedInstance, errors: InvalidInstanceId"),
    );
  return found;
}

/** Returns the last part of the role's path, which is its name in IAM. */
export const roleOf = (instance: ManagedInstance): string => instance.iamRole.split("/").at(-1) ?? "";

export function roleToken(aws: Account, id: string): Credentials {
  const instance = findManagedInstance(aws, id);
  return issue(aws, roleOf(instance), id);
}

export function updateInformation(aws: Account, id: string, information: Record<string, string>): void {
  const instance = findManagedInstance(aws, id);
  instance.lastPing = aws.now().toISOString();
  Object.assign(instance.information, information);
}

export const isOnline = (aws: Account, instance: ManagedInstance): boolean =>
  (aws.now().getTime() - Date.parse(instance.lastPing)) / 1000 < onlineSeconds;

export function deregisterManagedInstance(aws: Account, id: string): void {
  const instance = findManagedInstance(aws, id);
  delete aws.runtime.managedInstances[id];
  for (const [keyId, key] of Object.entries(aws.runtime.accessKeys))
    if (key.session === instance.instanceId) delete aws.runtime.accessKeys[keyId];
}
