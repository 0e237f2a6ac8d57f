import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../config/errors.ts";
import { type Former, type FormerService, problemsWithFormer } from "../config/rules/former.ts";
import type { HybridConfig } from "../config/schema.ts";
import { stackAttribute } from "../limits/cluster.ts";

/**
 * Refuses what AWS cannot carry out on the stack as it is, before the first resource is registered: in a preview, and in an
 * `up`, of which nothing has happened then.
 *
 * @param own what the stack has at the start of this run
 * @throws InvalidInput with all reasons
 */
export function refuseChanges(config: HybridConfig & { readonly region: string }, own: OwnResources): void {
  const problems = problemsWithFormer(config, config.region, formerOf(own));
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** Outputs of a resource, as the engine's state has them. */
export type Outputs = Readonly<Record<string, unknown>>;

/** A stack's resources, by URN. */
export type OwnResources = Readonly<Record<string, { readonly type: string; readonly outputs: Outputs }>>;

/**
 * Returns what the stack's own state has at the start of this run: nothing before the first `up` and after a destroy, and a
 * part of the stack after an `up` that failed. The engine's own function, which a StackReference uses too, has it.
 */
export async function ownResources(): Promise<OwnResources> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const found = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  return (found as { readonly outputs?: OwnResources }).outputs ?? {};
}

/** Returns the resource's name, the last part of its URN. */
export const nameIn = (urn: string): string => urn.split("::").slice(3).join("::");

/** Returns what the rules need of a state. */
export function formerOf(resources: OwnResources): Former {
  const all = Object.entries(resources).map(([urn, { type, outputs }]) => ({
    type,
    name: nameIn(urn),
    outputs,
  }));
  const ofType = (type: string) => all.filter((one) => one.type === type);
  const own = ofType("aws:ec2/vpc:Vpc")[0]?.outputs;
  const regional = all.find(({ type, outputs }) => type.startsWith("aws:") && isText(outputs.region));
  const inVpc = all.find(({ type, outputs }) => type.startsWith("aws:") && isText(outputs.vpcId));
  const id = own?.id ?? inVpc?.outputs.vpcId;
  const gateway = ofType("aws:ec2/vpnGateway:VpnGateway")[0];
  const connection = ofType("aws:ec2/vpnConnection:VpnConnection")[0];
  return {
    region: text(regional?.outputs.region),
    vpc: isText(id) ? { id, ownCidr: text(own?.cidrBlock) } : undefined,
    ownVpnGateway: gateway && (text(gateway.outputs.id) ?? text(connection?.outputs.vpnGatewayId)),
    insideCidrs: insideCidrsOf(connection?.outputs),
    ownCluster: text(ofType("aws:ecs/cluster:Cluster")[0]?.outputs.name),
    ownKey: text(ofType("aws:kms/key:Key")[0]?.outputs.arn),
    services: Object.fromEntries(
      ofType("aws:ecs/service:Service").map(({ name, outputs }) => {
        const key = name.replace(/-service$/, "");
        const definition = all.find(
          (one) => one.type === "aws:ecs/taskDefinition:TaskDefinition" && one.name === `${key}-task`,
        );
        return [key, serviceOf(outputs, definition?.outputs ?? {})];
      }),
    ),
  };
}

function insideCidrsOf(connection: Outputs = {}): Former["insideCidrs"] {
  const tunnel1 = text(connection.tunnel1InsideCidr);
  const tunnel2 = text(connection.tunnel2InsideCidr);
  return tunnel1 === undefined || tunnel2 === undefined ? undefined : { tunnel1, tunnel2 };
}

interface PortMapping {
  readonly hostPort?: number;
  readonly protocol?: string;
}

function serviceOf(service: Outputs, definition: Outputs): FormerService {
  const containers: unknown = JSON.parse(text(definition.containerDefinitions) ?? "[]");
  const mappings = (containers as readonly { readonly portMappings?: readonly PortMapping[] }[]).flatMap(
    ({ portMappings = [] }) => portMappings,
  );
  const constraints = (service.placementConstraints ?? []) as readonly { readonly expression?: string }[];
  const terms = constraints.flatMap(({ expression = "" }) => [
    ...expression.matchAll(/attribute:(\S+) == (\S+)/g),
  ]);
  return {
    tasks: Number(service.desiredCount ?? 0),
    ports: mappings.flatMap(({ hostPort, protocol = "tcp" }) =>
      hostPort ? [`${protocol}/${hostPort}`] : [],
    ),
    // All of the stack's nodes have this one.
    attributes: Object.fromEntries(
      terms.flatMap(([, key = "", value = ""]) => (key === stackAttribute ? [] : [[key, value] as const])),
    ),
  };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const text = (value: unknown): string | undefined => (isText(value) ? value : undefined);
