/**
 * sh that defines `sign_off FIELD ARN ID`: has ECS forget a container instance, whose tasks then count no more, and
 * Systems Manager its managed instance, or ends the step with an error about the field. Either may be empty, and what AWS
 * does not know any more is as good as signed off. Needs `aws_call`.
 *
 * The node's role may do both: AmazonEC2ContainerServiceforEC2Role, and the cluster's policy for its managed instances.
 */
export const signOff = `\
# FIELD COMMAND SERVICE TARGET JSON
have_forgotten() {
  answer=$(aws_call "$3" "$4" "$5") && return
  case "$answer" in
  *InvalidInstanceId* | *InvalidParameterException* | *ClusterNotFoundException*) ;;
  *) fail "$1" "$answer" "AWS must let its registration go" "run \\\`aws $3 $2\\\` yourself, then run again" ;;
  esac
}

sign_off() {
  of=\${2#*:container-instance/}
  of=\${of%%/*}
  [ -z "$2" ] || have_forgotten "$1" "deregister-container-instance --force --cluster $of --container-instance $2" ecs \\
    AmazonEC2ContainerServiceV20141113.DeregisterContainerInstance \\
    "{\\"cluster\\":\\"$of\\",\\"containerInstance\\":\\"$2\\",\\"force\\":true}"
  [ -z "$3" ] || have_forgotten "$1" "deregister-managed-instance --instance-id $3" ssm \\
    AmazonSSM.DeregisterManagedInstance "{\\"InstanceId\\":\\"$3\\"}"
}
`;
