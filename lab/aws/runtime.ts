/**
 * What the simulated account holds besides Pulumi's resources: state that changes without Pulumi. Plain JSON, changed
 * in place.
 */
import type { ContainerInstance, EcsService, RegisteredTaskDefinition, Task } from "./control/model.ts";

/** One tunnel, by its outside address. */
export interface TunnelState {
  up: boolean;
  statusMessage: string;
  /** ISO 8601. */
  since: string;
}

/** Names as ELB's API has them. */
export type TargetState = "initial" | "healthy" | "unhealthy" | "unused";

export interface TargetHealth {
  state: TargetState;
  reason?: string;
  since: string;
}

/** A machine registered with Systems Manager. */
export interface ManagedInstance {
  instanceId: string;
  activationId: string;
  iamRole: string;
  tags: Record<string, string>;
  registrationDate: string;
  /** PEM or base64 of the key that the agent signs with. */
  publicKey: string;
  fingerprint: string;
  lastPing: string;
  /** What UpdateInstanceInformation reported. */
  information: Record<string, string>;
}

/** An access key that was issued to a role's session. */
export interface IssuedKey {
  role: string;
  /** The managed instance or the task. */
  session: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: string;
}

export interface StoredParameter {
  name: string;
  type: "String" | "StringList" | "SecureString";
  value: string;
  version: number;
  lastModified: string;
}

export interface KeyToDelete {
  arn: string;
  tags: Record<string, string>;
  deletionDate: string;
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
  ingestionTime: number;
  eventId: string;
}

export interface LogStream {
  creationTime: number;
  events: LogEvent[];
}

export interface Datapoint {
  /** ISO 8601. */
  timestamp: string;
  value: number;
}

export interface Runtime {
  tunnels: Record<string, TunnelState>;
  /** By `targetGroupArn|address:port`. */
  targets: Record<string, TargetHealth>;
  managedInstances: Record<string, ManagedInstance>;
  /** How often each activation was used, also by machines that no longer exist. */
  registrations: Record<string, number>;
  /** Issued access keys, with the session of each. */
  accessKeys: Record<string, IssuedKey>;
  parameters: Record<string, StoredParameter>;
  /** Keys of KMS whose deletion is scheduled, by id. */
  keysToDelete: Record<string, KeyToDelete>;
  /** Log group, then stream. */
  logs: Record<string, Record<string, LogStream>>;
  /** By `namespace/metric/dimension=value,…`. */
  metrics: Record<string, Datapoint[]>;
  /** Zones of PrivateLink services that are not in all zones. An empty list: not in this Region. */
  serviceZones: Record<string, string[]>;
  ecs: {
    /** Highest revision of each family. */
    revisions: Record<string, number>;
    definitions: Record<string, RegisteredTaskDefinition>;
    instances: Record<string, ContainerInstance>;
    services: Record<string, EcsService>;
    tasks: Record<string, Task>;
  };
}

export const emptyRuntime = (): Runtime => ({
  tunnels: {},
  targets: {},
  managedInstances: {},
  registrations: {},
  accessKeys: {},
  parameters: {},
  keysToDelete: {},
  logs: {},
  metrics: {},
  serviceZones: {},
  ecs: { revisions: {}, definitions: {}, instances: {}, services: {}, tasks: {} },
});
