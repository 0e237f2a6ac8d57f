/** The statements of the policy that a stack's `pulumi up`, `refresh` and `destroy` need. */
import { type Program, partitionOf, type Registered } from "../program/registered.ts";
import { ec2Actions, knownByTags, serviceOf, tagging, takesArn } from "./authorization.ts";
import type { Action, Condition, Grant, Place } from "./row.ts";
import { actionsOfFunctions, rowOf } from "./rows.ts";

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}

function placeOf({ project, stack, region }: Program): Place {
  const partition = partitionOf(region);
  return {
    arn: (service, resource) => {
      if (service === "iam") return `arn:${partition}:iam::*:${resource}`;
      if (service === "route53") return `arn:${partition}:route53:::${resource}`;
      return `arn:${partition}:${service}:${region}:*:${resource}`;
    },
    ownTags: (on) => ({ [`aws:${on}/hybrid:project`]: project, [`aws:${on}/hybrid:stack`]: stack }),
  };
}

const sorted = <T extends string>(values: Iterable<T>): readonly T[] => [...new Set(values)].toSorted();

/** What is done with a resource: its creation, its reading, everything else. */
type Act = "create" | "read" | "change";

interface Use {
  readonly act: Act;
  readonly action: Action;
}

/** Returns the actions of a resource's life, with those of its tags. */
function usesOf({ type }: Registered): readonly Use[] {
  const row = rowOf(type);
  const tags = row.creates === undefined ? undefined : tagging[serviceOf(row.creates)];
  const uses = (act: Act, actions: readonly Action[] = []) => actions.map((action) => ({ act, action }));
  return [
    ...uses("create", row.creates === undefined ? [] : [row.creates]),
    ...uses("create", tags?.tag),
    ...uses("read", [...row.read, ...(tags?.read ?? [])]),
    ...uses("change", [...(row.create ?? []), ...(row.update ?? []), ...row.delete]),
    ...uses("change", [...(tags?.tag ?? []), ...(tags?.untag ?? [])]),
  ];
}

/**
 * Returns the statements. A right is limited by ARN where the action takes one, and by the stack's tags where the ARN does not
 * say whose the resource is.
 *
 * @throws when the program makes a resource that the tables do not know
 */
export function statementsOf(program: Program): readonly Statement[] {
  const place = placeOf(program);
  const resources = program.resources.filter(({ type }) => type.startsWith("aws:"));
  const asked = actionsOfFunctions(program).map((action) => ({ act: "read", action }) as const);
  const uses = [...resources.flatMap(usesOf), ...asked];
  const reading = uses.map(({ action }) => action);
  const anywhere = reading.filter((action) => !takesArn(action) && !isTagged(action) && !isEc2Tag(action));
  return [
    allow("WithoutArn", anywhere, ["*"]),
    allow("CreateWithoutArn", reading.filter(isTagged), ["*"], { StringEquals: place.ownTags("RequestTag") }),
    ...ec2Statements(uses, resources, place),
    ...serviceStatements(uses, resources, place, program),
    ...grants(resources, place, program),
  ].filter(({ Action }) => Action.length > 0);
}

const allow = (
  Sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Condition,
): Statement => ({
  Sid,
  Effect: "Allow",
  Action: sorted(actions),
  Resource: sorted(resources),
  ...(condition === undefined ? {} : { Condition: condition }),
});

/** Whether an action creates something that has no ARN before, with tags. */
const isTagged = (action: Action) => action === "kms:CreateKey" || action === "ssm:CreateActivation";
const isEc2Tag = (action: Action) => action === "ec2:CreateTags" || action === "ec2:DeleteTags";

/**
 * EC2 names its resources by random ids, so their tags say whose they are. What a request makes and what it changes are checked
 * one by one, and its own tags (`RequestTag`) count for both: an action must not be allowed by them on a type that it changes.
 */
function ec2Statements(uses: readonly Use[], resources: readonly Registered[], { arn, ownTags }: Place) {
  const actions = sorted(uses.map(({ action }) => action).filter((action) => action in ec2Actions));
  const creating = actions.filter((action) => ec2Actions[action]?.makes !== undefined);
  const changing = actions.filter((action) => (ec2Actions[action]?.on.length ?? 0) > 0);
  const given = sorted(resources.flatMap(({ inputs }) => idsIn(inputs)));
  const givenTypes = new Set(given.map((id) => id.split("/")[0]));
  return [
    ...apart(creating).map((together, index) =>
      allow(
        `CreateInEc2${index === 0 ? "" : index + 1}`,
        together,
        together.map((action) => arn("ec2", `${ec2Actions[action]?.makes}/*`)),
        { StringEquals: ownTags("RequestTag") },
      ),
    ),
    allow("TagOnCreationInEc2", creating.length > 0 ? ["ec2:CreateTags"] : [], [arn("ec2", "*/*")], {
      StringEquals: { "ec2:CreateAction": creating.map((action) => action.slice("ec2:".length)) },
    }),
    allow(
      "ChangeOwnInEc2",
      [...changing, ...(creating.length > 0 ? ["ec2:CreateTags", "ec2:DeleteTags"] : [])],
      [arn("ec2", "*/*")],
      { StringEquals: ownTags("ResourceTag") },
    ),
    allow(
      "UseGivenInEc2",
      changing.filter((action) => ec2Actions[action]?.on.some((type) => givenTypes.has(type))),
      given.map((id) => arn("ec2", id)),
    ),
  ].filter(({ Resource }) => Resource.length > 0);
}

/** Groups actions so that no action changes a type that another one of its group makes. */
function apart(creating: readonly Action[]): readonly (readonly Action[])[] {
  const groups: Action[][] = [];
  const clash = (one: Action, other: Action) =>
    ec2Actions[one]?.on.includes(ec2Actions[other]?.makes ?? "") ?? false;
  for (const action of creating) {
    const group = groups.find((all) => all.every((other) => !clash(action, other) && !clash(other, action)));
    if (group) group.push(action);
    else groups.push([action]);
  }
  return groups;
}

const prefixes: Readonly<Record<string, string>> = {
  vpc: "vpc",
  subnet: "subnet",
  rtb: "route-table",
  vgw: "vpn-gateway",
  sg: "security-group",
};

/** Returns the resources of EC2 that the stack file names by their ids, as in ARNs: `vpc/vpc-0a1b`. */
function idsIn(value: unknown): readonly string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(idsIn);
  const [, prefix = ""] = /^([a-z]+)-[0-9a-f]{8,17}$/.exec(String(value)) ?? [];
  const type = prefixes[prefix];
  return type === undefined ? [] : [`${type}/${value}`];
}

/** The other services, one by one. */
function serviceStatements(
  uses: readonly Use[],
  resources: readonly Registered[],
  { arn, ownTags }: Place,
  program: Program,
): readonly Statement[] {
  const own = uses.filter(({ action }) => takesArn(action) && serviceOf(action) !== "ec2");
  return sorted(own.map(({ action }) => serviceOf(action))).flatMap((service) => {
    const arns = resources.flatMap((resource) => {
      const row = rowOf(resource.type);
      const owner = row.creates ?? row.read[0] ?? row.delete[0];
      if (owner === undefined || serviceOf(owner) !== service) return [];
      return (row.arns?.(resource, program) ?? []).map((one) => arn(service, one));
    });
    // The program only asks for resources that others own.
    if (arns.length === 0) arns.push(arn(service, "*"));
    const actions = (...acts: readonly Act[]) =>
      own.flatMap(({ act, action }) => (serviceOf(action) === service && acts.includes(act) ? [action] : []));
    const title = titles[service] ?? service;
    if (!knownByTags.has(service)) return [allow(`Own${title}`, actions("create", "read", "change"), arns)];
    return [
      // Without a condition: what does not exist has no tags, and must be found to be gone.
      allow(`Read${title}`, actions("read"), arns),
      allow(`Create${title}`, actions("create"), arns, { StringEquals: ownTags("RequestTag") }),
      allow(`Change${title}`, actions("change"), arns, { StringEquals: ownTags("ResourceTag") }),
    ];
  });
}

const titles: Readonly<Record<string, string>> = {
  cloudwatch: "Alarms",
  ecs: "Ecs",
  elasticloadbalancing: "LoadBalancers",
  iam: "Roles",
  kms: "Keys",
  logs: "Logs",
  route53resolver: "Resolver",
};

/** The rights on other resources; those with the same condition and resources are one statement. */
function grants(resources: readonly Registered[], place: Place, program: Program): readonly Statement[] {
  const all = resources.flatMap((resource) => rowOf(resource.type).grants?.(resource, place, program) ?? []);
  const merged = merge(
    merge(all, ({ resources }) => resources),
    ({ actions }) => actions,
  );
  return merged.map(({ actions, resources, condition }) =>
    allow(`${actions[0]?.split(":")[1]}${suffix(condition)}`, actions, resources, condition),
  );
}

/** Joins the grants that have the same condition and the same `part`. */
function merge(all: readonly Grant[], part: (grant: Grant) => readonly string[]): readonly Grant[] {
  const byKey = Map.groupBy(all, (grant) => JSON.stringify([grant.condition, sorted(part(grant))]));
  return [...byKey.values()].map((grants) => ({
    ...grants[0],
    actions: sorted(grants.flatMap(({ actions }) => actions)),
    resources: sorted(grants.flatMap(({ resources }) => resources)),
  }));
}

/** Returns what tells a statement from others with the same actions: of `ecs-tasks.amazonaws.com`, `EcsTasks`. */
function suffix(condition: Condition = {}): string {
  const services = Object.values(condition)
    .flatMap((keys) => Object.values(keys).flat())
    .filter((value) => value.endsWith(".amazonaws.com"));
  return services
    .flatMap((service) => (service.split(".")[0] ?? "").split("-"))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
