import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { type Problem, throwIfAny } from "../../limits/problem.ts";

/** Parts of Pulumi's SDK that its typings omit as internal. */
interface Internal {
  getStore?(): { readonly supportsResourceHooks?: boolean };
  getMonitor?(): { readonly registerResourceHook?: unknown } | undefined;
}

/** Returns whether the engine takes resource hooks: from 3.182 on; Pulumi's mocks do not. */
function engineTakesHooks(): boolean {
  const { getStore, getMonitor }: Internal = { ...state, ...settings } as Internal;
  return getStore?.().supportsResourceHooks === true && getMonitor?.()?.registerResourceHook !== undefined;
}

/**
 * Returns the `hooks` of a resource that is created only where `check` finds nothing wrong, in a preview too. A look at AWS
 * says something there that it does not say later: what it finds then may be the resource itself. Undefined where the engine
 * takes no hooks; AWS's own refusal is all that is said then.
 *
 * @param name unique in the program
 * @param check gets the resource's inputs; those that are not known in a preview are absent
 */
export function beforeCreate(
  name: string,
  check: (inputs: Readonly<Record<string, unknown>>) => Promise<readonly Problem[]>,
): pulumi.ResourceHookBinding | undefined {
  if (!engineTakesHooks()) return undefined;
  const refuse = async ({ newInputs = {} }: pulumi.ResourceHookArgs) => throwIfAny(await check(newInputs));
  // The engine calls the hook from outside the program's async context, which data sources need.
  const hook = new pulumi.ResourceHook(name, AsyncResource.bind(refuse), { onDryRun: true });
  return { beforeCreate: [hook] };
}
