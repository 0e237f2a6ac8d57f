import * as pulumi from "@pulumi/pulumi";

/**
 * Gives the stack's own tags to every resource of AWS that is registered from now on and has tags. The rules of
 * config/ see to it that no key is one of the program's.
 */
export function tagAll(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length === 0) return;
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type.startsWith("aws:") && props.tags !== undefined
      ? { props: { ...props, tags: { ...tags, ...props.tags } }, opts }
      : undefined,
  );
}
