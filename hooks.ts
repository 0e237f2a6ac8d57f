/** What the program asks the engine to call back: before a resource is created, and when one fails. */
import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { type Problem, throwIfAny } from "./limits/problem.ts";

/** Parts of Pulumi's SDK that its typings omit as internal. */
interface Internal {
  getStore?(): { readonly supportsResourceHooks?: boolean; readonly supportsErrorHooks?: boolean };
  getMonitor?():
    | { readonly registerResourceHook?: unknown; readonly registerErrorHook?: unknown }
    | undefined;
}

/** Returns whether the engine takes hooks of a kind: resource hooks from 3.182 on, error hooks from 3.217 on; Pulumi's mocks take none. */
function engineTakes(kind: "Resource" | "Error"): boolean {
  const { getStore, getMonitor }: Internal = { ...state, ...settings } as Internal;
  return (
    getStore?.()[`supports${kind}Hooks`] === true && getMonitor?.()?.[`register${kind}Hook`] !== undefined
  );
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
  if (!engineTakes("Resource")) return undefined;
  const refuse = async ({ newInputs = {} }: pulumi.ResourceHookArgs) => throwIfAny(await check(newInputs));
  // The engine calls the hook from outside the program's async context, which data sources need.
  const hook = new pulumi.ResourceHook(name, AsyncResource.bind(refuse), { onDryRun: true });
  return { beforeCreate: [hook] };
}

/**
 * Returns a hook that logs an explanation beside the provider's own message when a resource fails in an update, and leaves the
 * failure as it is. Undefined in a preview, and where the engine takes no such hook: only the provider's message is printed
 * then.
 *
 * @param name unique in the program
 * @param explain returns undefined for what it does not know
 */
export function explainingHook(
  name: string,
  explain: (args: pulumi.ErrorHookArgs) => string | undefined,
): pulumi.ErrorHook | undefined {
  if (pulumi.runtime.isDryRun() || !engineTakes("Error")) return undefined;
  const log = async (args: pulumi.ErrorHookArgs) => {
    const explained = explain(args);
    if (explained !== undefined) await pulumi.log.error(explained);
    return false;
  };
  // The engine calls the hook from outside the program's async context, which `pulumi.log` needs.
  return new pulumi.ErrorHook(name, AsyncResource.bind(log));
}
