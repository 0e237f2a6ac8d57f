import { hostAttribute } from "../../../limits/cluster.ts";

/**
 * sh that defines `sign_off_former`: this host's registrations in its cluster besides the one that it has now, which are
 * those of a system that stood on it before. ECS goes on counting their tasks, so that it starts none in their place,
 * and keeps the cluster from being deleted. They are known by the attribute with the host's name. Needs `onHost`, `aws_call` and `sign_off`.
 */
export const signOffFormer = `\
# ACTION JSON: sets answer.
ask_ecs() {
  tries=6
  until answer=$(aws_call ecs "AmazonEC2ContainerServiceV20141113.$1" "$2"); do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "hosts.$host.node" "$answer" "ECS must tell it which registrations it has in $cluster" \\
      "if AWS does not know this node any more, raise hosts.$host.node.reinstalled by one; else see to what stopped the call, then run again"
    # A role's new permission takes AWS some seconds.
    sleep 5
  done
}

sign_off_former() {
  # Without these nothing of AWS answers; verify says so.
  id=$(managed_instance) && [ -s "$credentials" ] || return 0
  ask_ecs ListContainerInstances "{\\"cluster\\":\\"$cluster\\",\\"filter\\":\\"attribute:${hostAttribute} == $host\\"}"
  arns=$(printf '%s' "$answer" | jq -c .containerInstanceArns)
  [ "$arns" != '[]' ] || return 0
  ask_ecs DescribeContainerInstances "{\\"cluster\\":\\"$cluster\\",\\"containerInstances\\":$arns}"
  former=$(printf '%s' "$answer" | jq -r --arg host "$host" --arg id "$id" '.containerInstances[]
    | select(.ec2InstanceId != $id and any(.attributes[]; .name == "${hostAttribute}" and .value == $host))
    | .containerInstanceArn + " " + .ec2InstanceId')
  while read -r arn id; do
    [ -n "$arn" ] || continue
    say "signing off $id, this host before it was installed anew"
    sign_off "hosts.$host.node" "$arn" "$id"
  done <<END
$former
END
}
`;
