import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import * as state from "@pulumi/pulumi/runtime/state.js";

/** Parts of Pulumi's SDK that its typings omit as internal. */
interface Internal {
  getStore?(): { readonly supportsErrorHooks?: boolean };
  getMonitor?(): { readonly registerErrorHook?: unknown } | undefined;
}

/** Returns whether the engine takes error hooks: from 3.217 on; Pulumi's mocks do not. */
function engineTakesHooks(): boolean {
  const { getStore, getMonitor }: Internal = { ...state, ...settings } as Internal;
  return getStore?.().supportsErrorHooks === true && getMonitor?.()?.registerErrorHook !== undefined;
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
  if (pulumi.runtime.isDryRun() || !engineTakesHooks()) return undefined;
  const log = async (args: pulumi.ErrorHookArgs) => {
    const explained = explain(args);
    if (explained !== undefined) await pulumi.log.error(explained);
    return false;
  };
  // The engine calls the hook from outside the program's async context, which `pulumi.log` needs.
  return new pulumi.ErrorHook(name, AsyncResource.bind(log));
}
