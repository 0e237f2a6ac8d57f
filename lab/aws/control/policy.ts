/**
 * Whether a role's policies allow a node's call. A small part of IAM: actions and resources with wildcards, and
 * conditions on tags. An unknown condition is an error, and is never ignored.
 */
import { z } from "zod";
import type { Account } from "../account.ts";
import { AwsError, NotSimulated, reported } from "../errors.ts";
import { policy } from "../services/identity/policy.ts";
import { rolePolicy, rolePolicyAttachment } from "../services/identity/role-policy.ts";

/** The actions that AWS's managed policies allow, as far as the lab's clients call them; each on any resource. */
const managed: Readonly<Record<string, readonly string[]>> = {
  AmazonSSMManagedInstanceCore: [
    "ssm:UpdateInstanceInformation",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssmmessages:*",
    "ec2messages:*",
  ],
  "service-role/AmazonEC2ContainerServiceforEC2Role": [
    "ecs:CreateCluster",
    "ecs:DeregisterContainerInstance",
    "ecs:DiscoverPollEndpoint",
    "ecs:Poll",
    "ecs:RegisterContainerInstance",
    "ecs:StartTelemetrySession",
    "ecs:UpdateContainerInstancesState",
    "ecs:Submit*",
    "ecr:*",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
  "service-role/AmazonECSTaskExecutionRolePolicy": ["ecr:*", "logs:CreateLogStream", "logs:PutLogEvents"],
};

const many = z.union([z.string(), z.array(z.string())]).transform((v) => (Array.isArray(v) ? v : [v]));
const document = z.object({
  Statement: z.union([z.unknown().array(), z.unknown().transform((v) => [v])]).pipe(
    z.array(
      z.object({
        Effect: z.enum(["Allow", "Deny"]),
        Action: many,
        Resource: many,
        Condition: z.record(z.string(), z.record(z.string(), many)).optional(),
      }),
    ),
  ),
});

function matches(pattern: string, value: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "i").test(value);
}

/** Values of condition keys, for example `ssm:resourceTag/hybrid:cluster`. */
export type Context = Readonly<Record<string, string | undefined>>;

const holds = (condition: Record<string, Record<string, string[]>>, context: Context): boolean =>
  Object.entries(condition).every(([operator, keys]) => {
    const like = operator === "StringLike" || operator === "ArnLike";
    if (!like && operator !== "StringEquals" && operator !== "ArnEquals")
      throw new NotSimulated("AccessDeniedException", `the condition operator ${operator}`);
    return Object.entries(keys).every(([key, wanted]) => {
      const value = context[key];
      return value !== undefined && wanted.some((w) => (like ? matches(w, value) : w === value));
    });
  });

type Statement = z.output<typeof document>["Statement"][number];

const applying = (
  statements: readonly Statement[],
  action: string,
  resource: string,
  context: Context,
): Statement[] =>
  statements.filter(
    (s) =>
      s.Action.some((a) => matches(a, action)) &&
      s.Resource.some((r) => matches(r, resource)) &&
      holds(s.Condition ?? {}, context),
  );

/** Whether a single policy allows a call. For endpoint policies, which apply to every principal. */
export function lets(json: string, action: string, resource: string, context: Context): boolean {
  const effects = applying(document.parse(JSON.parse(json)).Statement, action, resource, context).map(
    ({ Effect }) => Effect,
  );
  return effects.includes("Allow") && !effects.includes("Deny");
}

/** Returns the statements of a role's inline policies, and of the account's own that are attached to it. */
function own(aws: Account, role: string): Statement[] {
  const inline = rolePolicy.all(aws).filter((p) => p.inputs.role === role);
  const attachments = rolePolicyAttachment.all(aws).filter((a) => a.inputs.role === role);
  const attached = attachments.flatMap((a) => policy.get(aws, a.inputs.policyArn) ?? []);
  return [...inline, ...attached].flatMap((p) => document.parse(JSON.parse(p.inputs.policy)).Statement);
}

const attached = (aws: Account, role: string): string[] =>
  rolePolicyAttachment
    .all(aws)
    .filter((a) => a.inputs.role === role)
    .flatMap((a) => managed[a.inputs.policyArn.split(":policy/")[1] ?? ""] ?? []);

export function allows(
  aws: Account,
  role: string,
  action: string,
  resource: string,
  context: Context = {},
): boolean {
  const statements = applying(own(aws, role), action, resource, context);
  if (statements.some((s) => s.Effect === "Deny")) return false;
  return statements.length > 0 || attached(aws, role).some((a) => matches(a, action));
}

/** Throws AWS's refusal if the role may not make the call. `who`: the calling session, for the message. */
export function authorize(
  aws: Account,
  role: string,
  who: string,
  action: string,
  resource: string,
  context: Context = {},
): void {
  if (allows(aws, role, action, resource, context)) return;
  throw new AwsError(
    "AccessDeniedException",
    `User: arn:${aws.partition}:sts::${aws.account}:assumed-role/${role}/${who} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    reported("ministryofjustice/modernisation-platform#1559"),
  );
}
