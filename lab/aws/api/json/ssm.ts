/** Systems Manager's JSON API (`AmazonSSM`): what its agent and `aws ssm` call. */
import { z } from "zod";
import {
  deregisterManagedInstance,
  findManagedInstance,
  isOnline,
  registerManagedInstance,
  roleToken,
  updateInformation,
} from "../../control/managed-instances.ts";
import { AwsError, documented, guessed } from "../../errors.ts";
import type { ManagedInstance } from "../../runtime.ts";
import { activation } from "../../services/cluster/activation.ts";
import { type Call, epoch, type JsonApi, nodeOf, operation, permit } from "../call.ts";

const register = operation(
  z.object({
    ActivationId: z.string(),
    ActivationCode: z.string(),
    PublicKey: z.string(),
    Fingerprint: z.string().default(""),
  }),
  ({ aws }, asked) => {
    const instance = registerManagedInstance(aws, {
      activationId: asked.ActivationId,
      activationCode: asked.ActivationCode,
      publicKey: asked.PublicKey,
      fingerprint: asked.Fingerprint,
    });
    aws.changed();
    return { InstanceId: instance.instanceId };
  },
);

/** Signed by the node's own key, with its id as the credential. */
const requestToken = operation(
  z.object({ Fingerprint: z.string().optional() }),
  ({ aws, credential }, asked) => {
    const instance = findManagedInstance(aws, credential ?? "");
    if (asked.Fingerprint !== undefined && asked.Fingerprint !== instance.fingerprint)
      throw new AwsError("MachineFingerprintDoesNotMatch", "", guessed);
    const token = roleToken(aws, instance.instanceId);
    aws.changed();
    return {
      AccessKeyId: token.accessKeyId,
      SecretAccessKey: token.secretAccessKey,
      SessionToken: token.sessionToken,
      TokenExpirationDate: token.expiration.getTime() / 1000,
      UpdateKeyPair: false,
    };
  },
);

const instanceArn = ({ aws }: Call, id: string) => aws.arn("ssm", `managed-instance/${id}`);

const update = operation(z.looseObject({ InstanceId: z.string() }), (call, asked) => {
  permit(call, "ssm:UpdateInstanceInformation", "*");
  if (nodeOf(call) !== asked.InstanceId)
    throw new AwsError(
      "InvalidInstanceId",
      `Not existing InstanceId ${asked.InstanceId}`,
      documented("AWS Systems Manager API, DeregisterManagedInstance, errors: InvalidInstanceId"),
    );
  const information = Object.entries(asked).filter((e): e is [string, string] => typeof e[1] === "string");
  updateInformation(call.aws, asked.InstanceId, Object.fromEntries(information));
  return {};
});

const deregister = operation(z.object({ InstanceId: z.string() }), (call, { InstanceId: id }) => {
  const instance = findManagedInstance(call.aws, id);
  const tags = Object.entries(instance.tags).flatMap(([key, value]) => [
    [`ssm:resourceTag/${key}`, value],
    [`aws:ResourceTag/${key}`, value],
  ]);
  permit(call, "ssm:DeregisterManagedInstance", instanceArn(call, id), Object.fromEntries(tags));
  deregisterManagedInstance(call.aws, id);
  call.aws.changed();
  return {};
});

function describe({ aws }: Call, instance: ManagedInstance) {
  const { information: i } = instance;
  return {
    InstanceId: instance.instanceId,
    PingStatus: isOnline(aws, instance) ? "Online" : "ConnectionLost",
    LastPingDateTime: epoch(instance.lastPing),
    // Until the agent's first report there is nothing to say.
    AgentVersion: i.AgentVersion,
    IsLatestVersion: true,
    PlatformType: i.PlatformType ?? "Linux",
    PlatformName: i.PlatformName,
    PlatformVersion: i.PlatformVersion,
    ActivationId: instance.activationId,
    IamRole: instance.iamRole,
    RegistrationDate: epoch(instance.registrationDate),
    ResourceType: "ManagedInstance",
    Name: activation.get(aws, instance.activationId)?.inputs.name ?? i.ComputerName ?? "",
    IPAddress: i.IPAddress,
    ComputerName: i.ComputerName,
    SourceId: instance.instanceId,
    SourceType: "AWS::SSM::ManagedInstance",
  };
}

const filters = z.array(z.object({ Key: z.string(), Values: z.array(z.string()) })).optional();

const describeInformation = operation(z.object({ Filters: filters }), (call, { Filters: asked = [] }) => {
  permit(call, "ssm:DescribeInstanceInformation", "*");
  const all = Object.values(call.aws.runtime.managedInstances);
  const matching = all.filter((m) =>
    asked.every(({ Key: key, Values: values }) => {
      const described = describe(call, m);
      const own: Record<string, string | undefined> = {
        InstanceIds: described.InstanceId,
        PingStatus: described.PingStatus,
        ActivationIds: described.ActivationId,
        IamRole: described.IamRole,
        ResourceType: described.ResourceType,
      };
      return values.includes((key.startsWith("tag:") ? m.tags[key.slice(4)] : own[key]) ?? "");
    }),
  );
  return { InstanceInformationList: matching.map((m) => describe(call, m)) };
});

const describeActivations = operation(z.object({}), (call) => {
  permit(call, "ssm:DescribeActivations", "*");
  return {
    ActivationList: activation.all(call.aws).map(({ id, inputs, outputs }) => ({
      ActivationId: id,
      Description: inputs.description,
      DefaultInstanceName: inputs.name,
      IamRole: inputs.iamRole,
      RegistrationLimit: inputs.registrationLimit,
      RegistrationsCount: call.aws.runtime.registrations[id] ?? 0,
      ExpirationDate: epoch(String(outputs.expirationDate)),
      Expired: Date.parse(String(outputs.expirationDate)) <= call.aws.now().getTime(),
      Tags: Object.entries(inputs.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
});

const parameterArn = ({ aws }: Call, name: string) => aws.arn("ssm", `parameter/${name.replace(/^\//, "")}`);

function shown(call: Call, name: string) {
  const found = call.aws.runtime.parameters[name];
  if (!found) return undefined;
  permit(call, "ssm:GetParameters", parameterArn(call, name));
  return {
    Name: name,
    Type: found.type,
    Value: found.value,
    Version: found.version,
    LastModifiedDate: epoch(found.lastModified),
    ARN: parameterArn(call, name),
    DataType: "text",
  };
}

const getParameter = operation(z.object({ Name: z.string() }), (call, { Name: name }) => {
  permit(call, "ssm:GetParameter", parameterArn(call, name));
  const parameter = shown(call, name);
  if (!parameter)
    throw new AwsError(
      "ParameterNotFound",
      "",
      documented("AWS Systems Manager API, GetParameter, errors: ParameterNotFound"),
    );
  return { Parameter: parameter };
});

const getParameters = operation(z.object({ Names: z.array(z.string()) }), (call, { Names: names }) => {
  const all = names.map((name) => [name, shown(call, name)] as const);
  return {
    Parameters: all.flatMap(([, parameter]) => (parameter ? [parameter] : [])),
    InvalidParameters: all.flatMap(([name, parameter]) => (parameter ? [] : [name])),
  };
});

const putParameter = operation(
  z.object({
    Name: z.string(),
    Value: z.string(),
    Type: z.enum(["String", "StringList", "SecureString"]).default("String"),
    Overwrite: z.boolean().default(false),
  }),
  (call, { Name: name, Value: value, Type: type, Overwrite: overwrite }) => {
    permit(call, "ssm:PutParameter", parameterArn(call, name));
    const before = call.aws.runtime.parameters[name];
    if (before && !overwrite)
      throw new AwsError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        documented("AWS Systems Manager API, PutParameter, errors: ParameterAlreadyExists"),
      );
    const version = (before?.version ?? 0) + 1;
    const lastModified = call.aws.now().toISOString();
    call.aws.runtime.parameters[name] = { name, type, value, version, lastModified };
    call.aws.changed();
    return { Version: version, Tier: "Standard" };
  },
);

export const ssm: JsonApi = {
  target: "AmazonSSM",
  prefix: "ssm",
  operations: {
    RegisterManagedInstance: register,
    RequestManagedInstanceRoleToken: requestToken,
    UpdateInstanceInformation: update,
    DeregisterManagedInstance: deregister,
    DescribeInstanceInformation: describeInformation,
    DescribeActivations: describeActivations,
    GetParameter: getParameter,
    GetParameters: getParameters,
    PutParameter: putParameter,
  },
};
