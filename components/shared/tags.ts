import * as pulumi from "@pulumi/pulumi";

/**
 * Returns the tags of every resource: its `Name` as the AWS console shows it, and the project and stack it came from.
 *
 * @param name the resource's own name, the same as in the Pulumi program
 */
export function tags(name: string): Record<string, string> {
  return { Name: name, ...stackTags() };
}

/** Returns the tags that tell this stack's resources from those of others. */
export function stackTags(): Record<string, string> {
  return { "hybrid:project": pulumi.getProject(), "hybrid:stack": pulumi.getStack() };
}

/** Returns the prefix for names that must be unique in an account and Region: `<project>-<stack>`. */
export function stackPrefix(): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}`;
}
