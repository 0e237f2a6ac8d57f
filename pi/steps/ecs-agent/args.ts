import type { InstallerConfig } from "../../../config/schema.ts";
import type { SigningKey } from "./signing-key.ts";

/** Arguments of the step of the ECS agent. */
export interface EcsAgentArgs {
  /** The host's key in `hosts`: ECS knows the node by it, as the instance attribute `hybrid.host`. */
  readonly host: string;
  /** The key before a rename, by which ECS knows what a reinstalled host was registered as. */
  readonly formerly?: string | undefined;
  /** For example us-east-1. */
  readonly region: string;
  readonly clusterName: string;
  /** ECS instance attributes of all nodes of its stack, by which they differ from another stack's nodes in the cluster. */
  readonly stackAttributes?: Readonly<Record<string, string>> | undefined;
  /** Further ECS instance attributes, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Empty for a dead host, like the code. */
  readonly activationId: string;
  /** Secret, and good for one registration. */
  readonly activationCode: string;
  readonly installer: InstallerConfig;
  /** AWS's names lead to private endpoints here. A change restarts the agent, so that it asks again where to connect. */
  readonly privately?: boolean;
  /** The key that the installer must be signed with, when no SHA-256 is pinned. Default: AWS's. */
  readonly signer?: SigningKey;
  /** `never`: the agents' packages are fetched and checked here, and nothing but AWS's private endpoints is needed. */
  readonly internet?: "fallback" | "never";
  /** The keys that packages which are fetched here must be signed with, when no SHA-256 is pinned. Default: AWS's. */
  readonly packageSigners?: PackageSigners;
}

/** The keys that the agents' packages must be signed with. */
export interface PackageSigners {
  readonly ssmAgent: SigningKey;
  readonly ecsAgent: SigningKey;
}
