/** What a stack's program would register, without an engine, an account or a host. */
import * as pulumi from "@pulumi/pulumi";
import { parse } from "../../config/parse.ts";
import { openStackFile, settings, withStandIns } from "../stack-file.ts";
import { existingAnswer } from "./existing.ts";

/** A resource that the program registers. Inputs that follow from other resources are missing: they have no value yet. */
export interface Registered {
  /** For example `aws:ec2/vpc:Vpc`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Program {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  readonly resources: readonly Registered[];
  /** The functions of providers that the program calls, such as `aws:index/getRegion:getRegion`. */
  readonly functions: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/** Returns `aws`, `aws-cn` or `aws-us-gov`. */
export function partitionOf(region: string): string {
  const group = /^(cn|us-gov)-/.exec(region)?.[1];
  return group === undefined ? "aws" : `aws-${group}`;
}

/** Returns what a function returns, as far as it is known before an account is asked. */
function answer(name: string, args: Values, region: string): Values {
  switch (name) {
    case "getRegion":
      return { region, name: region };
    case "getPartition":
      return {
        partition: partitionOf(region),
        dnsSuffix: region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com",
      };
    case "getCallerIdentity":
      // Any account: in an ARN of a policy, `*` matches each of them.
      return { accountId: "*" };
    case "getVpcEndpointService":
      return { ...args, availabilityZones: [], vpcEndpointPolicySupported: true };
    case "getCluster":
      return {
        arn: `arn:${partitionOf(region)}:ecs:${region}:*:cluster/${args.clusterName}`,
        status: "ACTIVE",
      };
    case "getResources":
      return { resourceTagMappingLists: [] };
    default:
      return {};
  }
}

/** Returns what is known of a resource before AWS is asked. */
function stateOf(type: string, inputs: Values, region: string): Values {
  // AWS chooses those of its addresses that the program does not name.
  const { ipAddresses: _, ...others } = inputs;
  return {
    ...(type.startsWith("aws:route53/resolverEndpoint:") ? others : inputs),
    ...arnOf(type, inputs, region),
  };
}

/** Returns the ARN of what has a name of the program's own choice, and from which the program reads its place. */
function arnOf(type: string, { name }: Values, region: string): Values {
  if (type !== "aws:ecs/cluster:Cluster") return {};
  return { arn: `arn:${partitionOf(region)}:ecs:${region}:*:cluster/${name}` };
}

let runs = 0;

/** What the program tells the person at `pulumi up` would be among what a command prints. */
async function quietly(run: () => Promise<unknown>): Promise<void> {
  const { log, warn } = console;
  console.log = () => undefined;
  console.warn = () => undefined;
  try {
    await run();
  } finally {
    console.log = log;
    console.warn = warn;
  }
}

/**
 * Runs the program of a stack file as a preview does. What only the owner of a home knows may still be missing.
 *
 * @param folder the folder of Pulumi.yaml
 * @throws InvalidInput when the stack file has other problems
 */
export async function programOf(folder: string, stack: string): Promise<Program> {
  const file = await openStackFile(folder, stack);
  const { project } = file;
  const region = String(file.document.getIn(["config", "aws:region"]) ?? "us-east-1");
  const given = withStandIns(settings(file));
  // Pulumi's SDK reports what the program throws a second time, as an unhandled rejection, which ends the process.
  parse(given, region);
  const resources: Registered[] = [];
  const functions = new Set<string>();
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs, custom }) => {
      if (custom !== false) resources.push({ type, name, inputs: known(inputs) as Values });
      return { id: undefined, state: stateOf(type, inputs, region) };
    },
    call: ({ token, inputs }) => {
      // Others are the engine's, which has no state of the stack here.
      if (!token.startsWith("aws:")) return {};
      functions.add(token);
      const name = token.split(":").at(-1) ?? "";
      return {
        ...(existingAnswer(Object(given.network), name, inputs, region) ?? answer(name, inputs, region)),
      };
    },
  };
  await pulumi.runtime.setMocks(mocks, project, stack, true, "organization");
  pulumi.runtime.setAllConfig({
    "aws:region": region,
    ...Object.fromEntries(
      Object.entries(given).map(([key, value]) => [`${project}:${key}`, JSON.stringify(value)]),
    ),
  });
  await quietly(() =>
    pulumi.runtime.runInPulumiStack(async () => (await import(`../../index.ts?program=${++runs}`)).default),
  );
  return { project, stack, region, resources, functions: [...functions].toSorted() };
}

/** Returns the value without what is unknown. A list keeps its length. */
function known(value: unknown): unknown {
  if (pulumi.isUnknown(value)) return undefined;
  if (Array.isArray(value)) return value.map(known);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const plain = known(inner);
      return plain === undefined ? [] : [[key, plain] as const];
    }),
  );
}
