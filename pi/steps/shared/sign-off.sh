# Removes registrations from AWS.
#
# The node's role allows both: AmazonEC2ContainerServiceforEC2Role, and the cluster's policy for its managed instances.

# FIELD REGION ARN ID: deregisters a container instance from ECS, so that its tasks no longer count, and the managed instance from
# Systems Manager, or ends the step with an error about the field. Either may be empty. A registration that AWS no longer
# knows counts as deregistered.
sign_off() {
  if [ -n "$3" ]; then sign_off_from_ecs "$1" "$2" "$3"; fi
  if [ -n "$4" ]; then sign_off_from_systems_manager "$1" "$2" "$4"; fi
}

# FIELD REGION ARN
sign_off_from_ecs() {
  local cluster answer
  cluster=$(cluster_of "$3")
  answer=$(ecs_call "$2" DeregisterContainerInstance \
    "{\"cluster\":\"$cluster\",\"containerInstance\":\"$3\",\"force\":true}") || require_unknown "$1" "$answer" \
    "aws ecs deregister-container-instance --force --cluster $cluster --container-instance $3"
}

# FIELD REGION ID
sign_off_from_systems_manager() {
  local answer
  answer=$(ssm_call "$2" DeregisterManagedInstance "{\"InstanceId\":\"$3\"}") || require_unknown "$1" "$answer" \
    "aws ssm deregister-managed-instance --instance-id $3"
}

# FIELD ANSWER COMMAND: fails unless AWS refused because it does not know the registration.
require_unknown() {
  case $2 in
    *InvalidInstanceId* | *InvalidParameterException* | *ClusterNotFoundException*) ;;
    *) fail "$1" "$2" "must be deregistered by AWS" "run \`$3\` yourself, then run again" ;;
  esac
}
