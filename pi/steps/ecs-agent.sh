# Makes a host with Docker a node of the cluster (ECS developer guide, "Registering an external instance to an Amazon ECS
# cluster").
#
# NODE_HOST, NODE_REGION, NODE_CLUSTER; HOST_ATTRIBUTE: the instance attribute that holds NODE_HOST
# ACTIVATION_ID, ACTIVATION_CODE: empty for a dead host. The code is a secret
# INTERNET: never or fallback; further ones in ecs-agent/install/

step_require() {
  command -v docker >/dev/null ||
    fail "$NODE" "no Docker" "must have Docker, which the ECS agent runs tasks with" "run the docker step first"
  require_own_region
  require_no_other_credentials
}

# Everything that makes a host a node, in this order.
step_apply() {
  # Whatever is not here yet will be ours, and undo removes it.
  remember_absences
  # A new activation replaces a registration that leads to no agent.
  clear_dead_registration
  # AWS's installer brings both agents and uses the activation, once.
  if ! agents_are_installed; then install_agents; fi
  # ECS takes the cluster and the attributes at the first registration only.
  if ! joined_as_wanted; then leave_other_cluster; fi
  wanted_registration >"$STATE/joined"
  # The ECS agent has no other credentials than those that the SSM agent writes.
  start_ssm_agent
  start_ecs_agent
  # Registrations of an earlier system on this host.
  sign_off_former_self
}

step_verify() {
  local again id agent arn version
  again="if AWS has forgotten the host, raise $NODE.reinstalled by one and run pulumi up again"
  joined_as_wanted ||
    fail "$NODE" "its ECS agent was set up for another cluster or other attributes" \
      "must be for what /etc/ecs/ecs.config says" "run pulumi up again"
  id=$(managed_instance) || fail "$NODE" "not registered" "must be a managed instance of Systems Manager" "see below what it says; $again"
  systemctl is-active --quiet amazon-ssm-agent ||
    fail "$NODE" "amazon-ssm-agent does not run" "must run" "see below what it says; $again"
  agent=$(introspect metadata) ||
    fail "$NODE" "the ECS agent does not answer on port 51678" "must run" "see below what it says; $again"
  json_text Cluster "$agent" || text=none
  [ "$text" = "$NODE_CLUSTER" ] ||
    fail "$NODE" "the ECS agent's cluster is $text" "must be $NODE_CLUSTER" "see below what it says"
  json_text ContainerInstanceArn "$agent" || text="no container instance"
  case $text in
    arn:*":ecs:$NODE_REGION:"*) arn=$text ;;
    *)
      fail "$NODE" "the ECS agent is $text" "must be a container instance in $NODE_REGION" \
        "see below what it says; $again"
      ;;
  esac
  json_text Version "$agent" || text=
  version=${text##* v}
  fact managedInstanceId "$id"
  fact containerInstanceArn "$arn"
  fact agentVersion "${version%% *}"
}

step_explain() {
  systemctl --no-pager --lines 0 status amazon-ssm-agent ecs 2>&1 || :
  tail -n 10 "$ROOT/var/log/amazon/ssm/amazon-ssm-agent.log" 2>/dev/null || :
  tail -n 20 "$ROOT/var/log/ecs/ecs-agent.log" 2>/dev/null || journalctl --no-pager -n 20 -u ecs 2>/dev/null || :
}

step_undo() {
  if [ -n "${ROLLING_BACK-}" ]; then
    # After a first run that failed the registration stays, since its activation is used up; the next run goes on from it.
    systemctl stop ecs 2>/dev/null || :
    managed_instance >/dev/null || rm -f "$STATE/activation" "$STATE/joined"
    return
  fi
  if [ -e "$STATE/joined" ]; then leave_cluster 15; fi
  if [ -e "$STATE/activation" ]; then deregister_host; fi
  if has_note packages amazon-ecs-init; then
    remove_agent_images
  else
    systemctl restart ecs 2>/dev/null || :
  fi
  remove_packages
  # An agent whose container instance was deregistered ends as failed.
  systemctl reset-failed ecs amazon-ssm-agent 2>/dev/null || :
  remove_what_was_absent
}

require_own_region() {
  local there
  if managed_instance >/dev/null && there=$(registered region) && [ "$there" != "$NODE_REGION" ]; then
    fail "$NODE" "$(managed_instance) in $there" "must not be registered in another Region than $NODE_REGION" \
      "take the host out of the other stack first, or run amazon-ssm-agent -register -clear on it"
  fi
}

# The SSM agent would overwrite them, and the ECS agent would use them until then.
require_no_other_credentials() {
  if [ -s "$AWS_CREDENTIALS" ] && [ ! -e "$STATE/activation" ] && ! managed_instance >/dev/null; then
    fail "$NODE" "$AWS_CREDENTIALS" "must not exist before the host is a node" "move that file away"
  fi
}

# AWS's packages, which `remove_packages` removes. The folders are those that AWS's documentation names for
# removal.
remember_absences() {
  if [ -e "$STATE/brought" ]; then return; fi
  [ -e "$ROOT/usr/bin/amazon-ssm-agent" ] || add_note packages amazon-ssm-agent
  [ -e "$ROOT/usr/libexec/amazon-ecs-init" ] || add_note packages amazon-ecs-init
  keep_notes brought absent_paths /var/lib/ecs /var/cache/ecs /var/log/ecs /var/lib/amazon /var/log/amazon /etc/amazon \
    /root/.aws /root/.aws/credentials
}

# PATH…: prints those that do not exist.
absent_paths() {
  local path
  for path; do
    [ -e "$ROOT$path" ] || printf '%s\n' "$path"
  done
}

remove_what_was_absent() {
  local path
  if [ -e "$STATE/brought" ]; then
    while IFS= read -r path; do rm -rf "$ROOT$path"; done <"$STATE/brought"
  fi
}

# Raising `reinstalled` requests a new activation.
clear_dead_registration() {
  if managed_instance >/dev/null && registered_by_another_activation && ! container_instance >/dev/null; then
    say "registering again, with activation $ACTIVATION_ID"
    systemctl stop ecs amazon-ssm-agent 2>/dev/null || :
    amazon-ssm-agent -register -clear >/dev/null 2>&1 || :
    rm -f "$AGENT_STATE" "$STATE/joined" "$AWS_CREDENTIALS"
  fi
}

agents_are_installed() {
  managed_instance >/dev/null && [ -x "$ROOT/usr/libexec/amazon-ecs-init" ] &&
    grep -qsx ECS_EXTERNAL=true "$ROOT/var/lib/ecs/ecs.config"
}

leave_other_cluster() {
  if [ -e "$AGENT_STATE" ]; then
    say "leaving the old container instance"
    leave_cluster 60
  fi
}

start_ssm_agent() {
  local waited
  systemctl --quiet enable amazon-ssm-agent ecs
  systemctl start amazon-ssm-agent
  # Without credentials the ECS agent fails, and waits long before the next try.
  waited=0
  while [ ! -s "$AWS_CREDENTIALS" ] && [ "$waited" -lt 20 ]; do
    sleep 1
    waited=$((waited + 1))
  done
}

start_ecs_agent() {
  systemctl restart ecs
}

remove_agent_images() {
  systemctl stop ecs 2>/dev/null || :
  # shellcheck disable=SC2086 # Ids of images.
  docker image rm ${TASK_IMAGES-} amazon/amazon-ecs-agent:latest >/dev/null 2>&1 || :
  # A file that is there now was there before the step.
  [ -e "$ROOT/etc/ecs/ecs.config" ] || rm -rf "$ROOT/etc/ecs"
}
