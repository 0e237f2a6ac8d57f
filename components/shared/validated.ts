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

/**
 * Returns the value after `check` has seen what it must agree with, at once where all of that is plain, as `validated` does.
 */
export function validatedBeside<T, U>(
  value: T,
  beside: Readonly<Record<string, pulumi.Input<U>>>,
  check: (plain: Readonly<Record<string, U>>) => void,
): pulumi.Output<T> {
  const isLater = (one: pulumi.Input<U>) => pulumi.Output.isInstance(one) || one instanceof Promise;
  if (!Object.values(beside).some(isLater)) check(beside as Readonly<Record<string, U>>);
  return pulumi.output(beside).apply((plain) => {
    check(plain as Readonly<Record<string, U>>);
    return value;
  }) as pulumi.Output<T>;
}
