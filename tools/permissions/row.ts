/** What a resource's life takes of IAM: the types of the tables in rows/. */
import type { Program, Registered } from "../program/registered.ts";

/** An IAM action, such as `ec2:CreateVpc`. Most have the name of the API operation. */
export type Action = `${string}:${string}`;

/** A right that is limited in another way than by the resource's own ARNs and tags. */
export interface Grant {
  readonly actions: readonly Action[];
  readonly resources: readonly string[];
  readonly condition?: Condition;
}

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** The actions of one type of resource, as terraform-provider-aws calls them in its life. */
export interface Row {
  /** The action that creates it with its tags. Absent if AWS has no tags for it. */
  readonly creates?: Action;
  /** What else is called until it is as the program says. */
  readonly create?: readonly Action[];
  /** What reads it: after every change, while waiting, and at a refresh. */
  readonly read: readonly Action[];
  readonly update?: readonly Action[];
  readonly delete: readonly Action[];
  /** Its ARNs, after the account's id: `log-group:/vpc/home`. EC2's resources have none: their tags limit who they are. */
  readonly arns?: (resource: Registered, program: Program) => readonly string[];
  /** Rights on other resources. */
  readonly grants?: (resource: Registered, place: Place, program: Program) => readonly Grant[];
}

/** The resource types of a district and their actions. */
export type Rows = Readonly<Record<string, Row>>;

/** Where and whose a stack's resources are, in any account. */
export interface Place {
  /** @param resource for example `role/node`; IAM's and Route 53's ARNs have no Region */
  arn(service: string, resource: string): string;
  /** The tags that say whose a resource is, as keys of a condition. */
  ownTags(on: "RequestTag" | "ResourceTag"): Readonly<Record<string, string>>;
}

/** Returns the pattern of a name that Pulumi ends with seven random digits. */
export const autoNamed = (name: string, maxLength: number): string => `${name.slice(0, maxLength - 8)}-*`;

/** Lets AWS create the role by which one of its services works in the account, the first time that it is used. */
export const serviceLinkedRole = ({ arn }: Place, service: string): Grant => ({
  actions: ["iam:CreateServiceLinkedRole"],
  resources: [arn("iam", `role/aws-service-role/${service}/*`)],
  condition: { StringEquals: { "iam:AWSServiceName": service } },
});
