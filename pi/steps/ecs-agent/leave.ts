import { awsCall } from "./aws-call.ts";

/**
 * sh that defines `leave_cluster SECONDS` and `deregister_host`: take this host out of ECS and Systems Manager with
 * the credentials that the SSM agent keeps on it. Best effort within a bounded time: what AWS refuses is said, since a
 * host must be able to be cleaned when AWS is out of reach.
 *
 * The node's role may do both: AmazonEC2ContainerServiceforEC2Role and, for the host itself, the cluster's own policy.
 */
export const leave = `${awsCall}
running_tasks() { introspect tasks | jq '[.Tasks[]? | select(.KnownStatus != "STOPPED")] | length' 2>/dev/null; }

# Asked of the agent; of its log when it does not run.
last_container_instance() {
  container_instance || cat "$ROOT"/var/log/ecs/ecs-agent.log* 2>/dev/null |
    grep -oE 'arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]+:container-instance/[A-Za-z0-9_-]+/[0-9a-f]+' | tail -n 1 | grep .
}

leave_cluster() {
  if arn=$(last_container_instance); then
    left=\${arn#*:container-instance/}
    left=\${left%%/*}
    ecs=AmazonEC2ContainerServiceV20141113
    aws_call ecs $ecs.UpdateContainerInstancesState \\
      "{\\"cluster\\":\\"$left\\",\\"containerInstances\\":[\\"$arn\\"],\\"status\\":\\"DRAINING\\"}" >/dev/null || :
    waited=0
    while [ "$waited" -lt "$1" ] && [ "$(running_tasks)" != 0 ] && introspect metadata >/dev/null; do
      sleep 1
      waited=$((waited + 1))
    done
    answer=$(aws_call ecs $ecs.DeregisterContainerInstance \\
      "{\\"cluster\\":\\"$left\\",\\"containerInstance\\":\\"$arn\\",\\"force\\":true}") ||
      say "ECS did not deregister $arn: $answer; do it in the ECS console, under the cluster's infrastructure"
  fi
  systemctl stop ecs 2>/dev/null || :
  # Without its container instance nobody would ever stop these, and their host ports would stay taken.
  tasks=$(docker ps -aq --filter label=com.amazonaws.ecs.task-arn 2>/dev/null) || tasks=
  if [ -n "$tasks" ]; then
    # shellcheck disable=SC2086
    images=$(docker inspect -f '{{.Image}}' $tasks 2>/dev/null | sort -u) || images=
    # shellcheck disable=SC2086
    docker stop -t 20 $tasks >/dev/null 2>&1 || :
    # shellcheck disable=SC2086
    docker rm -f $tasks >/dev/null 2>&1 || :
  fi
  rm -f "$agent_db" "$STATE/joined"
}

deregister_host() {
  id=$(managed_instance) || return 0
  answer=$(aws_call ssm AmazonSSM.DeregisterManagedInstance "{\\"InstanceId\\":\\"$id\\"}") ||
    say "Systems Manager did not deregister $id: $answer; do it in the console, under Fleet Manager"
  systemctl stop amazon-ssm-agent 2>/dev/null || :
  amazon-ssm-agent -register -clear >/dev/null 2>&1 || :
}
`;
