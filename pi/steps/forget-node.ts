import { quote } from "../converge.ts";
import type { Step } from "../step.ts";
import { awsCall } from "./ecs-agent/aws-call.ts";

export interface ForgetNodeArgs {
  /** The dead host's key in `hosts`. */
  readonly dead: string;
  readonly region: string;
  readonly containerInstanceArn: string;
  /** `mi-` and 17 hexadecimal digits. */
  readonly managedInstanceId: string;
}

/**
 * A living node signs a dead one off: ECS keeps a cluster with a registered container instance from being deleted, and
 * the dead host cannot say goodbye itself. The node's own role may do both (AmazonEC2ContainerServiceforEC2Role, and
 * the cluster's policy for its managed instances). Ends well when AWS knows neither any more.
 */
export function forgetNode({ dead, region, containerInstanceArn, managedInstanceId }: ForgetNodeArgs): Step {
  return {
    name: `forget-${dead}`,
    apply: `\
region=${quote(region)}
credentials="$ROOT/root/.aws/credentials"
${awsCall}
# COMMAND SERVICE TARGET JSON: what is gone already is as good as signed off.
sign_off() {
  answer=$(aws_call "$2" "$3" "$4") && return
  case "$answer" in
    *InvalidInstanceId* | *InvalidParameterException* | *ClusterNotFoundException*) ;;
    *) fail "hosts.${dead}.dead" "$answer" "AWS must let its registration go" "run \\\`aws $2 $1\\\` yourself, then run again" ;;
  esac
}
arn=${quote(containerInstanceArn)}
id=${quote(managedInstanceId)}
cluster=\${arn#*:container-instance/}
cluster=\${cluster%%/*}
if [ -n "$arn" ]; then
  sign_off "deregister-container-instance --force --cluster $cluster --container-instance $arn" ecs \\
    AmazonEC2ContainerServiceV20141113.DeregisterContainerInstance \\
    "{\\"cluster\\":\\"$cluster\\",\\"containerInstance\\":\\"$arn\\",\\"force\\":true}"
fi
if [ -n "$id" ]; then
  sign_off "deregister-managed-instance --instance-id $id" ssm \\
    AmazonSSM.DeregisterManagedInstance "{\\"InstanceId\\":\\"$id\\"}"
fi
: >"$STATE/forgotten"
`,
    verify: '[ -e "$STATE/forgotten" ]\n',
  };
}
