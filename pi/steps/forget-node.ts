import { quote } from "../converge.ts";
import type { Step } from "../step.ts";
import { awsCall } from "./ecs-agent/aws-call.ts";
import { signOff } from "./ecs-agent/sign-off.ts";

/** Arguments of {@link forgetNode}. An ARN or id that is empty was never given to the host. */
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
 * the dead host cannot say goodbye itself. Ends well when AWS knows neither any more.
 */
export function forgetNode({ dead, region, containerInstanceArn, managedInstanceId }: ForgetNodeArgs): Step {
  return {
    name: `forget-${dead}`,
    apply: `\
region=${quote(region)}
credentials="$ROOT/root/.aws/credentials"
${awsCall}${signOff}sign_off ${quote(`hosts.${dead}.dead`)} ${quote(containerInstanceArn)} ${quote(managedInstanceId)}
: >"$STATE/forgotten"
`,
    verify: '[ -e "$STATE/forgotten" ]\n',
  };
}
