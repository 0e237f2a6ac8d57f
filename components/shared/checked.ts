// Not from "@pulumi/pulumi", which takes three times as long to load: the schema needs no more of it.
import { type Input, Output, output } from "@pulumi/pulumi/output.js";

/**
 * Calls `check` at once where the value is plain, so that the constructor throws; otherwise inside the Output, so that
 * whatever consumes the returned value fails instead of being created.
 */
export function checked<T>(value: Input<T>, check: (plain: T) => void): Input<T> {
  if (Output.isInstance(value) || value instanceof Promise) {
    return output(value).apply((plain) => {
      check(plain as T);
      return plain as T;
    }) as Output<T>;
  }
  check(value as T);
  return value;
}
