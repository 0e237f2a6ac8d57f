import * as pulumi from "@pulumi/pulumi";

/**
 * The error of a component that was given something it cannot build: which field, what it was given, the rule, the
 * remedy. A `RunError`, so that the engine prints the message without a stack trace.
 *
 * @param field the component's name and the path of the argument, for example `home.insideCidrs.tunnel1`
 * @param value what was given; never a secret
 * @param rule what must hold, and by whose rule
 * @param remedy what to do
 */
export function refusal(field: string, value: unknown, rule: string, remedy: string): pulumi.RunError {
  return new pulumi.RunError(`${field}: ${value}: ${rule}; ${remedy}`);
}

/**
 * Calls `check` at once where the value is plain, so that the constructor throws; otherwise inside the Output, so that
 * whatever consumes the returned value fails instead of being created.
 */
export function checked<T>(value: pulumi.Input<T>, check: (plain: T) => void): pulumi.Input<T> {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    return pulumi.output(value).apply((plain) => {
      check(plain as T);
      return plain as T;
    }) as pulumi.Output<T>;
  }
  check(value as T);
  return value;
}
