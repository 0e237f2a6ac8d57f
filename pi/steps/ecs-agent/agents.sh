# How to ask the two agents what this host is.

# The host's field in errors.
NODE=hosts.$NODE_HOST.node
AGENT_STATE=$ROOT/var/lib/ecs/data/agent.db

# FIELD: prints a field of what this host is registered as; a failed registration leaves the file with empty ones. The SSM
# agent writes JSON in one line, without its end.
registered() {
  local line
  line=
  { read -r line || :; } 2>/dev/null <"$ROOT/var/lib/amazon/ssm/Vault/Store/RegistrationKey" || :
  json_text "$1" "$line" || return
  printf '%s\n' "$text"
}

managed_instance() {
  registered instanceID
}

# Whether the registration is ours, by an activation that is not the present one.
registered_by_another_activation() {
  [ -s "$STATE/activation" ] && [ "$(cat "$STATE/activation")" != "$ACTIVATION_ID" ]
}

# Prints what the ECS agent registers with, as /etc/ecs/ecs.config has it.
wanted_registration() {
  grep -sE '^ECS_(CLUSTER|INSTANCE_ATTRIBUTES)=' "$ROOT/etc/ecs/ecs.config"
}

# Whether the ECS agent's state was created with these values.
joined_as_wanted() {
  wanted_registration | cmp -s - "$STATE/joined"
}

# The ECS agent's introspection: ECS developer guide, "Amazon ECS container agent introspection".
introspect() {
  curl -fsS --noproxy '*' --max-time 2 "http://localhost:51678/v1/$1" 2>/dev/null
}

container_instance() {
  json_text ContainerInstanceArn "$(introspect metadata)" || return
  printf '%s\n' "$text"
}
