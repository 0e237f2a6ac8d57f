import { quote } from "../../converge.ts";
import type { EcsAgentArgs } from "../ecs-agent.ts";

/**
 * The lines of /etc/ecs/ecs.config that the ECS agent reads only while it has no state: what it once registered with
 * is a container instance, and another cluster or other attributes take a new one (agent README, "ECS_CLUSTER").
 */
export function registrationLines(
  clusterName: string,
  attributes: Readonly<Record<string, string>>,
): string[] {
  const sorted = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  const some = Object.keys(sorted).length > 0;
  return [
    `ECS_CLUSTER=${clusterName}`,
    ...(some ? [`ECS_INSTANCE_ATTRIBUTES=${JSON.stringify(sorted)}`] : []),
  ];
}

/** What every script of the step knows: the names, and how to ask the two agents. Holds no secret. */
export function onHost({ host, region, clusterName, activationId }: EcsAgentArgs): string {
  return `\
host=${quote(host)}
region=${quote(region)}
cluster=${quote(clusterName)}
activation_id=${quote(activationId)}
registration="$ROOT/var/lib/amazon/ssm/Vault/Store/RegistrationKey"
credentials="$ROOT/root/.aws/credentials"
agent_db="$ROOT/var/lib/ecs/data/agent.db"

# A field of what this host is registered as. A failed registration leaves the file with empty ones. No jq: a bare
# host has none. The SSM agent writes compact JSON in one line, without its end.
registered() {
  line=
  { read -r line || :; } 2>/dev/null <"$registration" || :
  case "$line" in *"\\"$1\\":\\""[!\\"]*) ;; *) return 1 ;; esac
  line=\${line#*"\\"$1\\":\\""}
  printf '%s\\n' "\${line%%\\"*}"
}
managed_instance() { registered instanceID; }

# What the ECS agent registers with, as /etc/ecs/ecs.config has it, and what its state was made with.
wanted() { grep -sE '^ECS_(CLUSTER|INSTANCE_ATTRIBUTES)=' "$ROOT/etc/ecs/ecs.config"; }
joined_as_wanted() { wanted | cmp -s - "$STATE/joined"; }

# The ECS agent's introspection: ECS developer guide, "Amazon ECS container agent introspection".
introspect() { curl -fsS --max-time 2 "http://localhost:51678/v1/$1" 2>/dev/null; }
container_instance() { introspect metadata | jq -r '.ContainerInstanceArn // empty' 2>/dev/null | grep .; }
`;
}
