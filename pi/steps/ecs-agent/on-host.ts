import { quote } from "../../converge.ts";
import { jsonText } from "../json.ts";
import type { EcsAgentArgs } from "./args.ts";

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
  return `${jsonText}
host=${quote(host)}
region=${quote(region)}
cluster=${quote(clusterName)}
activation_id=${quote(activationId)}
registration="$ROOT/var/lib/amazon/ssm/Vault/Store/RegistrationKey"
credentials="$ROOT/root/.aws/credentials"
agent_db="$ROOT/var/lib/ecs/data/agent.db"

# A field of what this host is registered as; a failed registration leaves the file with empty ones. The SSM agent writes
# JSON in one line, without its end.
registered() {
  line=
  { read -r line || :; } 2>/dev/null <"$registration" || :
  json_text "$1" "$line" && printf '%s\\n' "$text"
}
managed_instance() { registered instanceID; }

# What the ECS agent registers with, as /etc/ecs/ecs.config has it, and what its state was made with.
wanted() { grep -sE '^ECS_(CLUSTER|INSTANCE_ATTRIBUTES)=' "$ROOT/etc/ecs/ecs.config"; }
joined_as_wanted() { wanted | cmp -s - "$STATE/joined"; }

# The ECS agent's introspection: ECS developer guide, "Amazon ECS container agent introspection".
introspect() { curl -fsS --noproxy '*' --max-time 2 "http://localhost:51678/v1/$1" 2>/dev/null; }
container_instance() { json_text ContainerInstanceArn "$(introspect metadata)" && printf '%s\\n' "$text"; }
`;
}
