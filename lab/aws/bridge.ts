/**
 * What Pulumi's provider keeps in the state of a resource whose create or update failed: the inputs that the program asked
 * for, as if they were in force. The next update then finds no difference and succeeds without a call to AWS, until a
 * refresh. Source: pulumi/pulumi-terraform-bridge, pkg/tfbridge/provider.go, `Create`, `Update`, `initializationError`.
 */
import type { Properties } from "./account.ts";

/** An output of the simulation's own. A refresh removes it. It may hold secrets. */
export const planKey = "simulatedPlan";

/** Returns the outputs after a failure. */
export const withPlan = (outputs: Properties, inputs: Properties): Properties => ({
  ...outputs,
  ...inputs,
  [planKey]: inputs,
});

/** Returns the inputs of the failed operation that a resource's state has. */
export function planIn(state: Properties): Properties | undefined {
  const plan = state[planKey];
  return typeof plan === "object" && plan !== null ? (plan as Properties) : undefined;
}
