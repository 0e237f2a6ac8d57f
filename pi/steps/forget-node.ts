import { script } from "../script.ts";
import type { Step } from "../step.ts";

/** Arguments of {@link forgetNode}. An empty ARN or id means that the host never had one. */
export interface ForgetNodeArgs {
  /** The dead host's key in `hosts`. */
  readonly dead: string;
  readonly region: string;
  readonly containerInstanceArn: string;
  /** `mi-` and 17 hexadecimal digits. */
  readonly managedInstanceId: string;
}

/**
 * Deregisters a dead node from a living one: ECS does not delete a cluster with a registered container instance, and the
 * dead host cannot deregister itself. Succeeds when AWS knows neither registration any more.
 */
export function forgetNode({ dead, region, containerInstanceArn, managedInstanceId }: ForgetNodeArgs): Step {
  return {
    // Not `forget-NAME`: on `pi`, that of `docker` would be the step `docker` on a host `pi-forget`.
    name: `${dead}-forgotten`,
    script: script("shared/aws.sh", "shared/sign-off.sh", "forget-node.sh"),
    variables: {
      DEAD_HOST: dead,
      DEAD_REGION: region,
      DEAD_ARN: containerInstanceArn,
      DEAD_ID: managedInstanceId,
    },
  };
}
