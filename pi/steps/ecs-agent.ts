import { hostAttribute } from "../../limits/cluster.ts";
import { refuse } from "../refuse.ts";
import type { Step } from "../step.ts";
import { bringPackages } from "./ecs-agent/agent-packages.ts";
import type { EcsAgentArgs } from "./ecs-agent/args.ts";
import { signOffFormer } from "./ecs-agent/former.ts";
import { installAgents } from "./ecs-agent/install.ts";
import { leave } from "./ecs-agent/leave.ts";
import { onHost, registrationLines } from "./ecs-agent/on-host.ts";
import { signOff } from "./ecs-agent/sign-off.ts";
import { signedBy } from "./ecs-agent/signature.ts";
import { amazonEcs, amazonSsm } from "./ecs-agent/signing-key.ts";
import { undo } from "./ecs-agent/undo.ts";
import { download, fetchInstaller } from "./ecs-agent/verify-installer.ts";

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
 * A host that was installed anew signs off, once it is registered, what it was registered as before.
 *
 * Fails when the installer, or a package that is fetched here, is not the trusted one (nothing of it was run then), when
 * the activation is expired or used up, and when the host is registered in another Region.
 *
 * @throws RunError when the attributes hold `hybrid.host`, which is the program's own
 */
export function ecsAgent(args: EcsAgentArgs): Step {
  const { host, clusterName, attributes, installer, signer = amazonEcs, activationCode } = args;
  if (hostAttribute in attributes)
    refuse(
      `hosts.${host}.node.attributes`,
      hostAttribute,
      "is the program's own, with the host's name",
      "choose another name",
    );
  const { internet = "fallback", packageSigners = { ssmAgent: amazonSsm, ecsAgent: amazonEcs } } = args;
  const packages =
    internet === "never" ? bringPackages(installer.packagesSha256, packageSigners) : noPackages;
  const lines = [
    "# From ecs-anywhere-hybrid: edits are put back.",
    // The agent keeps to the host that it was once told for 12 hours (amazon-ecs-agent, `defaultPollEndpointCacheTTL`), and
    // the public ones have no private name: a line that changes has it restarted.
    ...(args.privately ? ["# AWS is at private addresses."] : []),
    ...registrationLines(clusterName, { ...attributes, [hostAttribute]: host }),
  ];
  const here = onHost(args);
  return {
    name: "ecs-agent",
    files: [{ path: "/etc/ecs/ecs.config", mode: "644", content: `${lines.join("\n")}\n` }],
    require: `${here}${require}`,
    prepare,
    apply: [
      here,
      leave,
      signOff,
      signOffFormer,
      download,
      signedBy,
      fetchInstaller(installer, signer),
      packages,
      installAgents(activationCode),
      apply,
    ].join(""),
    verify: `${here}${verify}`,
    settleSeconds: 180,
    explain,
    secrets: [activationCode],
    undo: `${here}${leave}${undo}`,
  };
}

/** The installer brings them itself. */
const noPackages = "bring_packages() { :; }\n";

const require = `
command -v docker >/dev/null ||
  fail "hosts.$host.node" "no Docker" "must have Docker, which the ECS agent runs tasks with" "run the docker step first"
if managed_instance >/dev/null && there=$(registered region) && [ "$there" != "$region" ]; then
  fail "hosts.$host.node" "$(managed_instance) in $there" "must not be registered in another Region than $region" \\
    "take the host out of the other stack first, or run amazon-ssm-agent -register -clear on it"
fi
# The SSM agent would overwrite it, and the ECS agent would use it until then.
if [ -s "$credentials" ] && [ ! -e "$STATE/activation" ] && ! managed_instance >/dev/null; then
  fail "hosts.$host.node" "$credentials" "a node must have no AWS credentials of its own" "move that file away"
fi
`;

const prepare = `
for tool in curl jq gpg; do command -v "$tool" >/dev/null || install_packages "$tool"; done
`;

const apply = `
# What is not here yet is ours, and undo takes it away again; AWS's packages with those that install_packages brought.
if [ ! -e "$STATE/brought" ]; then
  [ -e "$ROOT/usr/bin/amazon-ssm-agent" ] || echo amazon-ssm-agent >>"$STATE/packages"
  [ -e "$ROOT/usr/libexec/amazon-ecs-init" ] || echo amazon-ecs-init >>"$STATE/packages"
  {
    for path in /var/lib/ecs /var/cache/ecs /var/log/ecs /var/lib/amazon /var/log/amazon /etc/amazon /root/.aws /root/.aws/credentials; do
      [ -e "$ROOT$path" ] || echo "$path"
    done
  } >"$STATE/brought.new"
  mv "$STATE/brought.new" "$STATE/brought"
fi

# A new activation is asked for by raising \`reinstalled\`: it is used when the registration that is here leads to no agent.
if managed_instance >/dev/null && [ -s "$STATE/activation" ] && [ "$(cat "$STATE/activation")" != "$activation_id" ] &&
  ! container_instance >/dev/null; then
  say "registering anew, with activation $activation_id"
  systemctl stop ecs amazon-ssm-agent 2>/dev/null || :
  amazon-ssm-agent -register -clear >/dev/null 2>&1 || :
  rm -f "$agent_db" "$STATE/joined" "$credentials"
fi

if ! managed_instance >/dev/null || [ ! -x "$ROOT/usr/libexec/amazon-ecs-init" ] ||
  ! grep -qsx ECS_EXTERNAL=true "$ROOT/var/lib/ecs/ecs.config"; then
  install_agents
fi

if [ -e "$agent_db" ] && ! joined_as_wanted; then
  say "leaving the old container instance"
  leave_cluster 60
fi
wanted >"$STATE/joined"

systemctl --quiet enable amazon-ssm-agent ecs
systemctl start amazon-ssm-agent
# The ECS agent has no other credentials than those that the SSM agent writes; without them it fails and waits long.
waited=0
while [ ! -s "$credentials" ] && [ "$waited" -lt 20 ]; do
  sleep 1
  waited=$((waited + 1))
done
systemctl restart ecs
sign_off_former
`;

const verify = `
node="hosts.$host.node"
anew="if AWS does not know the host any more, raise $node.reinstalled by one and run pulumi up again"
joined_as_wanted ||
  fail "$node" "its ECS agent was set up for another cluster or other attributes" "must be for what /etc/ecs/ecs.config says" \
    "run pulumi up again"
id=$(managed_instance) || fail "$node" "not registered" "must be a managed instance of Systems Manager" "$anew"
systemctl is-active --quiet amazon-ssm-agent ||
  fail "$node" "amazon-ssm-agent does not run" "must run" "see below what it says; $anew"
agent=$(introspect metadata) ||
  fail "$node" "the ECS agent does not answer on port 51678" "must run" "see below what it says; $anew"
json_text Cluster "$agent" || text=none
[ "$text" = "$cluster" ] ||
  fail "$node" "the ECS agent's cluster is $text" "must be $cluster" "see below what it says"
json_text ContainerInstanceArn "$agent" || text="no container instance"
case "$text" in
  arn:*":ecs:$region:"*) arn=$text ;;
  *) fail "$node" "the ECS agent is $text" "must be a container instance in $region" "see below what it says; $anew" ;;
esac
json_text Version "$agent" || text=
version=\${text##* v}
fact managedInstanceId "$id"
fact containerInstanceArn "$arn"
fact agentVersion "\${version%% *}"
`;

const explain = `
systemctl --no-pager --lines 0 status amazon-ssm-agent ecs 2>&1 || :
tail -n 10 "$ROOT/var/log/amazon/ssm/amazon-ssm-agent.log" 2>/dev/null || :
tail -n 20 "$ROOT/var/log/ecs/ecs-agent.log" 2>/dev/null || journalctl --no-pager -n 20 -u ecs 2>/dev/null || :
`;
