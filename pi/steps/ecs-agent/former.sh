# This host's registrations in its cluster besides the present one: those of a system that was on it before. ECS goes on
# counting their tasks, so that it starts none in their place, and does not delete the cluster. They are known by the
# attribute with the host's name, or with the one that it had before a rename in the same update. The cluster may have a host
# of that name from another stack, which is somebody else's.
# NODE_FORMERLY: that name; unset where there is none
# STACK_ATTRIBUTES: the attributes of the stack's own nodes, as JSON

sign_off_former_self() {
  local id host
  # AWS does not answer without these.
  id=$(managed_instance) || return 0
  if [ ! -s "$AWS_CREDENTIALS" ]; then return; fi
  for host in "$NODE_HOST" ${NODE_FORMERLY:+"$NODE_FORMERLY"}; do
    sign_off_others_named "$host" "$id"
  done
}

# HOST ID: all registrations under the name but this one.
sign_off_others_named() {
  local own filter arns former arn id answer
  own=$(jq -cn --argjson stack "$STACK_ATTRIBUTES" --arg name "$HOST_ATTRIBUTE" --arg host "$1" '{($name): $host} + $stack')
  filter=$(printf '%s' "$own" | jq -r 'to_entries | map("attribute:\(.key) == \(.value)") | join(" and ")')
  ask_ecs ListContainerInstances "{\"cluster\":\"$NODE_CLUSTER\",\"filter\":\"$filter\"}"
  arns=$(printf '%s' "$answer" | jq -c .containerInstanceArns)
  if [ "$arns" = '[]' ]; then return; fi
  ask_ecs DescribeContainerInstances "{\"cluster\":\"$NODE_CLUSTER\",\"containerInstances\":$arns}"
  former=$(printf '%s' "$answer" | jq -r --argjson own "$own" --arg id "$2" '
    .containerInstances[]
    | (.attributes | map({(.name): .value}) | add) as $attributes
    | select(.ec2InstanceId != $id and ($own | to_entries | all($attributes[.key] == .value)))
    | .containerInstanceArn + " " + .ec2InstanceId')
  while read -r arn id; do
    if [ -n "$arn" ]; then
      say "signing off $id, this host before it was reinstalled"
      sign_off "$NODE" "$NODE_REGION" "$arn" "$id"
    fi
  done <<END
$former
END
}

# ACTION JSON: sets answer.
ask_ecs() {
  local tries
  tries=6
  until answer=$(ecs_call "$NODE_REGION" "$1" "$2"); do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] ||
      fail "$NODE" "$answer" "must be told by ECS which registrations it has in $NODE_CLUSTER" \
        "see what stopped the call, then run again; if AWS has forgotten this node, raise $NODE.reinstalled by one"
    # A role's new permission takes effect after some seconds.
    sleep 5
  done
}
