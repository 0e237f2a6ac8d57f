/** What survives the stack because its file says so (docs/decisions/keeping.md). */
import { getKey } from "@pulumi/aws/kms/getKey.js";
import { getResources } from "@pulumi/aws/resourcegroupstaggingapi/getResources.js";
import * as pulumi from "@pulumi/pulumi";
import type { HybridConfig, Kept } from "../config/schema.ts";
import { ownResources } from "./former.ts";

const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const key = "aws:kms/key:Key";

/** Without their key, nothing could read the logs. */
const typesOf: Readonly<Record<Kept, readonly string[]>> = { logs: [logGroup, key], keys: [key] };

/** What an earlier life of the stack left in AWS: the resource's id there, by `TYPE NAME`. */
type Left = ReadonlyMap<string, string>;

export interface Keeping {
  /** Says what a destroy would leave, once all resources have been registered. */
  readonly say: () => void;
}

/**
 * Lets AWS keep what the stack file asks to keep when it leaves the stack, and takes over what was kept before. Call it before the
 * first resource.
 */
export async function keep(config: Pick<HybridConfig, "keep">): Promise<Keeping> {
  const types = new Set(config.keep.flatMap((kept) => typesOf[kept]));
  if (types.size === 0) return { say: () => undefined };
  const left = await leftInAws(types);
  const names: pulumi.Input<string>[] = [];
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    if (!types.has(type)) return undefined;
    names.push(type === logGroup ? props.name : `the key ${name}`);
    const id = left.get(`${type} ${name}`);
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
        const added = left.size === 0 ? "" : `; taken over from before: ${[...left.values()].join(", ")}`;
        return pulumi.log.info(`keep: a destroy leaves ${all.toSorted().join(", ")}${added}`);
      }),
  };
}

/** Finds what has this stack's tags in AWS, but is not in its state. */
async function leftInAws(types: ReadonlySet<string>): Promise<Left> {
  const { resourceTagMappingLists: found } = await getResources({
    resourceTypeFilters: [...types].map((type) => (type === logGroup ? "logs:log-group" : "kms:key")),
    tagFilters: [
      { key: "hybrid:project", values: [pulumi.getProject()] },
      { key: "hybrid:stack", values: [pulumi.getStack()] },
    ],
  });
  if (found.length === 0) return new Map();
  const state = Object.values(await ownResources());
  const known = new Set(state.map(({ outputs }) => outputs.arn));
  const left = found.flatMap(({ resourceArn, tags }) => {
    const type = resourceArn.split(":")[2] === "logs" ? logGroup : key;
    return known.has(resourceArn) ? [] : [{ type, arn: resourceArn, name: tags.Name ?? "" }];
  });
  const usable = await Promise.all(
    left.map(async (one) => (one.type === logGroup || (await isUsable(one.arn)) ? [one] : [])),
  );
  return new Map(usable.flat().map(({ type, arn, name }) => [`${type} ${name}`, idOf(arn)]));
}

/** A key whose deletion is scheduled still has its tags. */
async function isUsable(arn: string): Promise<boolean> {
  const { keyState } = await getKey({ keyId: arn });
  return keyState === "Enabled";
}

/** Returns the id by which Pulumi knows a log group (its name) or a key. */
const idOf = (arn: string): string => arn.split(/:log-group:|:key\//)[1] ?? "";
