import * as pulumi from "@pulumi/pulumi";

/**
 * Returns the value after `check` has seen it. For a plain value it is called at once, so that the constructor throws;
 * else inside the Output, so that the resource that consumes the value is never created.
 */
export function validated<T>(value: pulumi.Input<T>, check: (plain: T) => void): pulumi.Input<T> {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    return pulumi.output(value).apply((plain) => {
      check(plain as T);
      return plain as T;
    }) as pulumi.Output<T>;
  }
  check(value as T);
  return value;
}
