/** What survives the stack because its file says so (docs/decisions/keeping.md). */
import { getKey } from "@pulumi/aws/kms/getKey.js";
import { getResources } from "@pulumi/aws/resourcegroupstaggingapi/getResources.js";
import * as pulumi from "@pulumi/pulumi";
import type { HybridConfig, Kept } from "../config/schema.ts";
import { explainingHook } from "../hooks.ts";
import { describe } from "../limits/problem.ts";
import { nameIn, type OwnResources } from "./former.ts";

const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const key = "aws:kms/key:Key";

/** Without their key, nothing could read the logs. */
const typesOf: Readonly<Record<Kept, readonly string[]>> = { logs: [logGroup, key], keys: [key] };

/** What an earlier life of the stack left in AWS. */
interface Left {
  readonly type: string;
  /** By which Pulumi knows it: a log group's name, or a key's id. */
  readonly id: string;
  /** Of the resource that it was. */
  readonly name: string;
}

export interface Keeping {
  /** Says what a destroy would leave, once all resources have been registered. */
  readonly say: () => void;
}

/**
 * Lets AWS keep what the stack file asks to keep when it leaves the stack, and takes over what was kept before. Call it before the
 * first resource.
 *
 * @param own what the stack has at the start of this run
 */
export async function keep(config: Pick<HybridConfig, "keep">, own: OwnResources): Promise<Keeping> {
  explainTakenNames();
  const types = new Set(config.keep.flatMap((kept) => typesOf[kept]));
  if (types.size === 0) return { say: () => undefined };
  const left = await leftInAws(types, own);
  const names: pulumi.Input<string>[] = [];
  const takenOver: string[] = [];
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    if (!types.has(type)) return undefined;
    names.push(type === logGroup ? props.name : `the key ${name}`);
    // Two services in turn, or a service and the VPN, may have log groups with the same resource name.
    const fits = (one: Left) => (type === logGroup ? one.id === props.name : one.name === name);
    const id = left.find((one) => one.type === type && fits(one))?.id;
    if (id !== undefined) takenOver.push(id);
    return {
      props,
      opts: {
        ...opts,
        retainOnDelete: true,
        // The engine imports only what equals the program's settings; the next `up` makes it equal.
        ...(id === undefined ? {} : { import: id, ignoreChanges: ["*"] }),
      },
    };
  });
  return {
    say: () =>
      pulumi.all(names).apply((all) => {
        const added = takenOver.length === 0 ? "" : `; taken over from before: ${takenOver.join(", ")}`;
        return pulumi.log.info(`keep: a destroy leaves ${all.toSorted().join(", ")}${added}`);
      }),
  };
}

/** Says beside CloudWatch Logs' refusal what a person can do about a log group that is there already. */
function explainTakenNames(): void {
  const hook = explainingHook("log groups", ({ name, newInputs, errors }) =>
    explainTakenName(name, String(newInputs?.name), errors[0] ?? ""),
  );
  if (hook === undefined) return;
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type === logGroup
      ? {
          props,
          opts: { ...opts, hooks: { ...opts.hooks, onError: [...(opts.hooks?.onError ?? []), hook] } },
        }
      : undefined,
  );
}

/** Returns field, value, rule and remedy for an error which means that a log group is there already; undefined for any other. */
export function explainTakenName(resource: string, group: string, error: string): string | undefined {
  if (!error.includes("ResourceAlreadyExistsException")) return undefined;
  return describe({
    field: `${resource}.name`,
    value: group,
    rule: "must not be the name of a log group that AWS has already",
    remedy: `set keep to [logs] for one \`up\` if this stack kept it, or delete it with \`aws logs delete-log-group --log-group-name ${group}\``,
  });
}

/** Finds what has this stack's tags in AWS, but is not in its state. */
async function leftInAws(types: ReadonlySet<string>, own: OwnResources): Promise<readonly Left[]> {
  const { resourceTagMappingLists: found } = await getResources({
    resourceTypeFilters: [...types].map((type) => (type === logGroup ? "logs:log-group" : "kms:key")),
    tagFilters: [
      { key: "hybrid:project", values: [pulumi.getProject()] },
      { key: "hybrid:stack", values: [pulumi.getStack()] },
    ],
  });
  const state = Object.entries(own);
  const arns = new Set(state.map(([, { outputs }]) => outputs.arn));
  // A stack that has its key by now would go from one to the other with each `up`.
  const ownKeys = new Set(state.flatMap(([urn, { type }]) => (type === key ? [nameIn(urn)] : [])));
  const left = await Promise.all(
    found.map(async ({ resourceArn, tags }): Promise<readonly Left[]> => {
      if (arns.has(resourceArn)) return [];
      const type = resourceArn.split(":")[2] === "logs" ? logGroup : key;
      const name = tags.Name ?? "";
      if (type === key && (ownKeys.has(name) || !(await isUsable(resourceArn)))) return [];
      return [{ type, name, id: idOf(resourceArn) }];
    }),
  );
  return left.flat();
}

/** A key whose deletion is scheduled still has its tags. */
async function isUsable(arn: string): Promise<boolean> {
  const { keyState } = await getKey({ keyId: arn });
  return keyState === "Enabled";
}

/** Returns the id by which Pulumi knows a log group (its name) or a key. */
const idOf = (arn: string): string => arn.split(/:log-group:|:key\//)[1] ?? "";
