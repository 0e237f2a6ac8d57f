/** Where the simulated AWS does otherwise than AWS's service models, and why. Every other difference fails a test. */

interface Difference {
  /** The SDK's name of the service. */
  readonly service: string;
  /** An operation or an error code. */
  readonly name: string;
  readonly reason: string;
}

/** Operations that the public models do not have. */
export const privateOperations: readonly Difference[] = [
  {
    service: "SSM",
    name: "RegisterManagedInstance",
    reason: "private to AWS's agent: amazon-ssm-agent, agent/ssm/anonauth/anon_service.go",
  },
  {
    service: "SSM",
    name: "RequestManagedInstanceRoleToken",
    reason: "private to AWS's agent: amazon-ssm-agent, agent/ssm/rsaauth/rsa_service.go",
  },
  {
    service: "SSM",
    name: "UpdateInstanceInformation",
    reason: "private to AWS's agent: amazon-ssm-agent, agent/ssm/service.go",
  },
];

/** Members that the public models do not have, as `Operation.member`. */
export const privateMembers: readonly Difference[] = [
  {
    service: "ECS",
    name: "RegisterContainerInstance.clientToken",
    reason: "private to AWS's agent: amazon-ecs-agent, ecs-agent/api/ecs/client/ecs_client.go",
  },
];

/** Codes that the service sends and its model does not name. EC2's model names none at all. */
export const unnamedCodes: readonly Difference[] = [
  {
    service: "SSM",
    name: "ActivationExpired",
    reason: "of RegisterManagedInstance, which the public model does not have",
  },
  {
    service: "SSM",
    name: "MachineFingerprintDoesNotMatch",
    reason: "of RequestManagedInstanceRoleToken, which the public model does not have",
  },
  {
    service: "ECS",
    name: "InactiveInstanceException",
    reason: "of the agent's websocket, not of the API: amazon-ecs-agent, wsclient/decode.go",
  },
];

/** Codes that every service may send, which its model leaves out: each API reference's page "Common Errors". */
export const commonCodes: readonly string[] = [
  "AccessDeniedException",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "MissingAuthenticationTokenException",
  "SerializationException",
  "UnrecognizedClientException",
  "ValidationError",
  "ValidationException",
];

/** IAM actions that are permissions only: another operation needs them, and none has their name. */
export const actionsWithoutOperation: readonly Difference[] = [
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:UpdateLogDelivery",
].map((name) => ({
  service: "CloudWatch Logs",
  name,
  reason: "of the service that delivers the logs: CloudWatch Logs user guide, Logs sent to CloudWatch Logs",
}));
