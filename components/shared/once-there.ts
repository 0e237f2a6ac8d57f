import * as pulumi from "@pulumi/pulumi";

/**
 * Returns an id that waits for others: a resource that consumes it is created after them, and deleted before them.
 */
export function onceThere(
  id: pulumi.Output<string>,
  others: readonly pulumi.Output<string>[],
): pulumi.Output<string> {
  return pulumi.all([id, ...others]).apply(([first = ""]) => first);
}
