import { attributeNameProblems, hostAttribute } from "../../limits/cluster.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { script } from "../script.ts";
import type { Step } from "../step.ts";
import type { EcsAgentArgs } from "./ecs-agent/args.ts";
import { ecsConfig } from "./ecs-agent/ecs-config.ts";
import { amazonEcs, amazonSsm } from "./ecs-agent/signing-key.ts";

export type { EcsAgentArgs } from "./ecs-agent/args.ts";

/**
 * Makes a host with Docker a node of the cluster: registers it with Systems Manager, once, and runs the ECS agent
 * (ECS developer guide, "Registering an external instance to an Amazon ECS cluster").
 *
 * Facts: `managedInstanceId` (`mi-` and 17 hexadecimal digits), `containerInstanceArn`, `agentVersion`.
 *
 * Another cluster, or other attributes, make a new container instance: the old one is drained and deregistered, since
 * ECS takes attributes only at a container instance's first registration. The managed instance stays the same one.
 *
 * A reinstalled host, once it is registered, signs off what it was registered as before.
 *
 * Fails when the installer, or a package that is fetched here, is not the trusted one (nothing of it was run then), when
 * the activation is expired or used up, and when the host is registered in another Region.
 *
 * @throws RunError when the attributes have a name that is the program's own
 */
export function ecsAgent(args: EcsAgentArgs): Step {
  const { host, attributes, stackAttributes = {} } = args;
  throwIfAny(
    Object.keys(attributes).flatMap((attribute) =>
      attributeNameProblems(`hosts.${host}.node.attributes`, attribute),
    ),
  );
  return {
    name: "ecs-agent",
    packages: ["curl", "jq", "gpg"].map((name) => ({ name, unless: [name] })),
    files: [ecsConfig(args, { ...attributes, ...stackAttributes, [hostAttribute]: host })],
    script: scripts,
    variables: variables(args),
    settleSeconds: 180,
    secrets: [args.activationCode],
  };
}

const scripts = script(
  "shared/json.sh",
  "shared/notes.sh",
  "shared/aws.sh",
  "shared/sign-off.sh",
  "ecs-agent/agents.sh",
  "ecs-agent/former.sh",
  "ecs-agent/leave.sh",
  "ecs-agent/install/amazon-keys.sh",
  "ecs-agent/install/download.sh",
  "ecs-agent/install/installer.sh",
  "ecs-agent/install/packages.sh",
  "ecs-agent/install/install.sh",
  "ecs-agent.sh",
);

function variables(args: EcsAgentArgs) {
  const { installer, internet = "fallback", signer = amazonEcs } = args;
  return {
    NODE_HOST: args.host,
    ...(args.formerly === undefined ? {} : { NODE_FORMERLY: args.formerly }),
    NODE_REGION: args.region,
    NODE_CLUSTER: args.clusterName,
    HOST_ATTRIBUTE: hostAttribute,
    STACK_ATTRIBUTES: JSON.stringify(args.stackAttributes ?? {}),
    ACTIVATION_ID: args.activationId,
    ACTIVATION_CODE: args.activationCode,
    INTERNET: internet,
    SOURCE_INSTALLER: script("ecs-agent/install/source-installer.bash"),
    INSTALLER_URL: installer.url,
    INSTALLER_SHA256: installer.sha256 ?? "",
    INSTALLER_KEY: signer.publicKey ?? "",
    INSTALLER_FINGERPRINT: signer.fingerprint,
    ...(internet === "never" && packageVariables(args)),
  };
}

/** For the packages that this step fetches itself. */
function packageVariables({ installer, packageSigners }: EcsAgentArgs) {
  const { ssmAgent, ecsAgent } = packageSigners ?? { ssmAgent: amazonSsm, ecsAgent: amazonEcs };
  return {
    PACKAGE_SUMS: installer.packagesSha256,
    SSM_KEY: ssmAgent.publicKey ?? "",
    SSM_FINGERPRINT: ssmAgent.fingerprint,
    ECS_KEY: ecsAgent.publicKey ?? "",
    ECS_FINGERPRINT: ecsAgent.fingerprint,
  };
}
