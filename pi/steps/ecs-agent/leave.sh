# Takes this host out of ECS and Systems Manager, with the credentials that the SSM agent keeps on it. Best effort within a
# bounded time: a host can be cleaned while AWS is out of reach, and what AWS refuses is printed.
#
# The node's role may do both: AmazonEC2ContainerServiceforEC2Role and, for the host itself, the cluster's own policy.

# SECONDS: how long its tasks may take to stop.
leave_cluster() {
  local arn
  if arn=$(last_container_instance); then
    drain "$arn" "$1"
    deregister_container_instance "$arn"
  fi
  systemctl stop ecs 2>/dev/null || :
  remove_task_containers
  rm -f "$AGENT_STATE" "$STATE/joined"
}

# From the agent, or from its log when it does not run.
last_container_instance() {
  container_instance || cat "$ROOT"/var/log/ecs/ecs-agent.log* 2>/dev/null |
    grep -oE 'arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]+:container-instance/[A-Za-z0-9_-]+/[0-9a-f]+' | tail -n 1 | grep .
}

# ARN SECONDS
drain() {
  local waited
  ecs_call "$NODE_REGION" UpdateContainerInstancesState \
    "{\"cluster\":\"$(cluster_of "$1")\",\"containerInstances\":[\"$1\"],\"status\":\"DRAINING\"}" >/dev/null || :
  waited=0
  while [ "$waited" -lt "$2" ] && [ "$(running_tasks)" != 0 ] && introspect metadata >/dev/null; do
    sleep 1
    waited=$((waited + 1))
  done
}

running_tasks() {
  introspect tasks | jq '[.Tasks[]? | select(.KnownStatus != "STOPPED")] | length' 2>/dev/null
}

# ARN
deregister_container_instance() {
  local answer
  answer=$(ecs_call "$NODE_REGION" DeregisterContainerInstance \
    "{\"cluster\":\"$(cluster_of "$1")\",\"containerInstance\":\"$1\",\"force\":true}") ||
    say "ECS did not deregister $1: $answer; do it in the ECS console, under the cluster's infrastructure"
}

# Without its container instance ECS would never stop them, and their host ports would stay taken. Sets TASK_IMAGES.
# shellcheck disable=SC2086 # Ids of containers.
remove_task_containers() {
  local tasks
  tasks=$(docker ps -aq --filter label=com.amazonaws.ecs.task-arn 2>/dev/null) || tasks=
  if [ -n "$tasks" ]; then
    TASK_IMAGES=$(docker inspect -f '{{.Image}}' $tasks 2>/dev/null | sort -u) || TASK_IMAGES=
    docker stop -t 20 $tasks >/dev/null 2>&1 || :
    docker rm -f $tasks >/dev/null 2>&1 || :
  fi
}

deregister_host() {
  local id answer
  id=$(managed_instance) || return 0
  answer=$(ssm_call "$NODE_REGION" DeregisterManagedInstance "{\"InstanceId\":\"$id\"}") ||
    say "Systems Manager did not deregister $id: $answer; do it in the console, under Fleet Manager"
  systemctl stop amazon-ssm-agent 2>/dev/null || :
  amazon-ssm-agent -register -clear >/dev/null 2>&1 || :
}
