import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import type * as pulumi from "@pulumi/pulumi";
import { assumeRolePolicy } from "../../shared/iam.ts";
import type { ArnLocation } from "../../shared/location.ts";
import { tags } from "../../shared/tags.ts";

/** A role and what it may do. A resource that uses the role must wait for all of it. */
export interface GrantedRole {
  readonly role: Role;
  readonly grants: readonly pulumi.Resource[];
}

/** Creates a role that tasks of ECS act by. */
export function taskRole(name: string, location: ArnLocation, parent: pulumi.Resource): Role {
  return new Role(
    name,
    { assumeRolePolicy: assumeRolePolicy("ecs-tasks.amazonaws.com", "ecs", location), tags: tags(name) },
    { parent },
  );
}

/**
 * Gives a role an inline policy. A change makes a new policy first and deletes the old one last, once the service has what
 * it was changed to: until then its old tasks run, and a deployment that fails returns to them.
 */
export function grant(
  name: string,
  role: Role,
  policy: pulumi.Input<string>,
  parent: pulumi.Resource,
): RolePolicy {
  return new RolePolicy(name, { role: role.name, policy }, { parent, replacementTrigger: policy });
}
