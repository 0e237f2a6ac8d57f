/**
 * What IAM checks when the provider calls AWS for a resource: each request's action, with the ARNs and the tags that are in the
 * request itself. Source: AWS's service authorization reference.
 */
import type { Properties, Resource, Store } from "../account.ts";
import type { Request, Verb } from "../requests/request.ts";
import { kinds } from "../services.ts";
import type { Context } from "./policy.ts";
import { lets } from "./policy.ts";

/** One action on one resource; `*` where AWS takes no ARN. */
export interface Access {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

const prefixes: Readonly<Record<string, string>> = {
  CloudWatch: "cloudwatch",
  "CloudWatch Logs": "logs",
  EC2: "ec2",
  ECS: "ecs",
  "Elastic Load Balancing v2": "elasticloadbalancing",
  IAM: "iam",
  KMS: "kms",
  Route53Resolver: "route53resolver",
  SSM: "ssm",
};

/** The type in an ARN, by the beginning of an id. */
const ec2Types: Readonly<Record<string, string>> = {
  cgw: "customer-gateway",
  eipalloc: "elastic-ip",
  fl: "vpc-flow-log",
  igw: "internet-gateway",
  nat: "natgateway",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  subnet: "subnet",
  vgw: "vpn-gateway",
  vpc: "vpc",
  vpce: "vpc-endpoint",
  vpn: "vpn-connection",
};
const resolverTypes: Readonly<Record<string, string>> = {
  rqlc: "resolver-query-log-config",
  "rslvr-in": "resolver-endpoint",
  "rslvr-out": "resolver-endpoint",
  "rslvr-rr": "resolver-rule",
};

/** Actions outside `Describe…` that AWS checks on no ARN. */
const withoutArn = new Set([
  ...["ecs:DeregisterTaskDefinition", "kms:CreateKey", "ssm:CreateActivation", "ssm:DeleteActivation"],
  "route53resolver:GetResolverQueryLogConfigAssociation",
]);
const isWithoutArn = (action: string) =>
  withoutArn.has(action) ||
  /^(ec2|elasticloadbalancing|ssm):Describe|^logs:DescribeLogGroups|^ecs:DescribeTaskDefinition/.test(action);

/** By the service: the action that AWS checks besides, when a request creates something with tags. */
const taggingOf: Readonly<Record<string, string>> = {
  ...{ ec2: "ec2:CreateTags", iam: "iam:TagRole", elasticloadbalancing: "elasticloadbalancing:AddTags" },
  ...{ cloudwatch: "cloudwatch:TagResource", ecs: "ecs:TagResource", kms: "kms:TagResource" },
  ...{ logs: "logs:TagResource", route53resolver: "route53resolver:TagResource" },
};

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Returns the tags of a request, in any of the forms that services have. */
function tagsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  const { Key, key, TagKey, Value, value: lower, TagValue } = value as Record<string, string | undefined>;
  const name = Key ?? key ?? TagKey;
  const text = Value ?? lower ?? TagValue;
  if (typeof name === "string" && typeof text === "string") return { [name]: text };
  return Object.assign({}, ...Object.values(value).map(tagsIn));
}

const prefixed = (on: string, tags: Readonly<Record<string, string>>): Context =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${on}/${key}`, value]));

/** A store that also knows the account's place. */
export interface Place extends Store {
  readonly region: string;
  readonly account: string;
}

/** Returns the ARN of what a text in a request names, or undefined. */
function arnOf(
  { region, account }: Place,
  service: string,
  member: string,
  text: string,
): string | undefined {
  const arn = (resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const [, prefix = ""] = /^([a-z]+(?:-[a-z]+)?)-[0-9a-f]{8,}$/.exec(text) ?? [];
  // A condition, not a resource.
  if (member === "PolicyArn") return undefined;
  if (text.startsWith(`arn:aws:${service}:`)) return text;
  const type = { ec2: ec2Types, route53resolver: resolverTypes }[service]?.[prefix];
  if (type !== undefined) return arn(`${type}/${text}`);
  if (service === "iam" && member === "RoleName") return `arn:aws:iam::${account}:role/${text}`;
  if (service === "logs" && member === "logGroupName") return arn(`log-group:${text}`);
  if (service === "cloudwatch" && /^AlarmNames?$/.test(member)) return arn(`alarm:${text}`);
  if (service === "kms" && member === "KeyId") return text.startsWith("arn:") ? text : arn(`key/${text}`);
  return undefined;
}

/** Returns what a request needs to be allowed. `isNew`: the resource does not exist before it. */
function accessesOf(place: Place, request: Request, made: Resource, isNew: boolean): readonly Access[] {
  const service = prefixes[request.service] ?? "";
  const action = `${service}:${request.operation}`;
  const own = String(made.outputs.arn ?? arnOf(place, service, "", made.id) ?? "");
  const tags = tagsIn(request.input);
  const requested = prefixed("RequestTag", tags);
  const namedIn = (members: Properties) =>
    Object.entries(members).flatMap(([member, value]) =>
      textsIn(value).flatMap((text) => arnOf(place, service, member, text) ?? []),
    );
  const inRequest = namedIn(request.input);
  // An association is named by an id of its own, and checked on what it associates.
  const named = inRequest.length > 0 || own !== "" ? inRequest : namedIn(made.inputs);
  // The id of a target is its group's ARN with more behind it.
  const isOwn =
    own.startsWith(`arn:aws:${service}:`) && !named.some((arn) => own !== arn && own.startsWith(arn));
  const arns = new Set([...named, ...(isOwn && (isNew || named.length === 0) ? [own] : [])]);
  const accesses = [...(isWithoutArn(action) ? ["*"] : arns)].map((resource) => ({
    action,
    resource,
    context: {
      ...requested,
      ...(isNew && resource === own ? {} : prefixed("ResourceTag", tagsOf(place, resource))),
      "iam:PolicyARN": String(request.input.PolicyArn ?? ""),
    },
  }));
  if (accesses.length === 0)
    throw new Error(`${made.type}: ${action}: no ARN in ${JSON.stringify(request.input)}`);
  return [...accesses, ...(isNew ? tagged(action, own, requested) : []), ...passed(place, request)];
}

function tagged(action: string, own: string, requested: Context): readonly Access[] {
  const [service = "", operation] = action.split(":");
  const tagging = taggingOf[service];
  if (tagging === undefined || Object.keys(requested).length === 0) return [];
  return [{ action: tagging, resource: own, context: { ...requested, "ec2:CreateAction": operation } }];
}

/** Whoever gives a role to a service must be allowed to. */
function passed(place: Place, { service, input }: Request): readonly Access[] {
  if (!["EC2", "ECS", "SSM"].includes(service)) return [];
  return Object.entries(input).flatMap(([member, value]) => {
    if (!/role|DeliverLogsPermissionArn/i.test(member) || typeof value !== "string") return [];
    const name = value.split("/").at(-1) ?? "";
    const role = place.resources("aws:iam/role:Role").find(({ id }) => id === name);
    const [, trusted] = /"Service":\s*"([^"]+)"/.exec(String(role?.inputs.assumeRolePolicy)) ?? [];
    return [
      {
        action: "iam:PassRole",
        resource: `arn:aws:iam::${place.account}:role/${name}`,
        context: { "iam:PassedToService": trusted },
      },
    ];
  });
}

/** Returns the tags of an existing resource. The stack's default security group has them by then. */
function tagsOf(place: Place, arn: string): Readonly<Record<string, string>> {
  const id = arn.split(/[/:]/).at(-1);
  const found = place
    .resources()
    .find(({ id: other, outputs }) => outputs.arn === arn || other === arn || other === id);
  return (found?.inputs.tags as Record<string, string> | undefined) ?? {};
}

/**
 * Returns what the provider needs to be allowed for one act on a resource of the account.
 *
 * @param before the inputs before an update
 */
export function accessesFor(
  place: Place,
  made: Resource,
  verb: Verb,
  before: Properties = made.inputs,
): readonly Access[] {
  const requests = kinds.get(made.type)?.requests(verb, made.inputs, made, before) ?? [];
  return requests.flatMap((request, i) => accessesOf(place, request, made, verb === "create" && i === 0));
}

/** Whether one of the policies allows it. */
export const isAllowed = (policies: readonly string[], { action, resource, context }: Access): boolean =>
  policies.some((policy) => lets(policy, action, resource, context));
