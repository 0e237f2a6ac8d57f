import type { InstallerConfig } from "../../../config/schema.ts";
import type { PackageSigners } from "./agent-packages.ts";
import type { SigningKey } from "./signing-key.ts";

/** What the step of the ECS agent is made from. */
export interface EcsAgentArgs {
  /** The host's key in `hosts`: ECS knows the node by it, as the instance attribute `hybrid.host`. */
  readonly host: string;
  /** For example us-east-1. */
  readonly region: string;
  readonly clusterName: string;
  /** Further ECS instance attributes, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly activationId: string;
  /** Secret, and good for one registration. */
  readonly activationCode: string;
  readonly installer: InstallerConfig;
  /** AWS's names lead to private endpoints here. A change restarts the agent, so that it asks anew where to connect. */
  readonly privately?: boolean;
  /** Who must have signed the installer, when no SHA-256 is pinned. Default: AWS. */
  readonly signer?: SigningKey;
  /** `never`: the agents' packages are fetched and checked here, and nothing but AWS's private endpoints is needed. */
  readonly internet?: "fallback" | "never";
  /** Who must have signed the packages that are fetched here, when no SHA-256 is pinned. Default: AWS. */
  readonly packageSigners?: PackageSigners;
}
