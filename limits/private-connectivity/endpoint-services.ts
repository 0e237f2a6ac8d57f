/** The AWS services that nodes reach through interface endpoints, and their DNS names. */

/** The place of an endpoint, which is part of its names. */
export interface EndpointPlace {
  /** For example `us-east-1`. */
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

/** The part of the names before the Region, by service: `ssm` of `ssm.us-east-1.amazonaws.com`. */
export const endpointServices = {
  // Through the endpoint `ecs`, DiscoverPollEndpoint answers with these two names. Elsewhere it answers with numbered hosts, such
  // as `ecs-a-1`, which have no private name: aws-samples/aws-secure-environment-accelerator#1052.
  "ecs-agent": () => ["ecs-a"],
  "ecs-telemetry": () => ["ecs-t"],
  ecs: () => ["ecs"],
  ssm: () => ["ssm"],
  ssmmessages: () => ["ssmmessages"],
  ec2messages: () => ["ec2messages"],
  "ecr.api": () => ["api.ecr"],
  "ecr.dkr": ({ accountId }) => [`${accountId}.dkr.ecr`],
  // The bucket holds the layers of ECR's images (ECR user guide, "Amazon ECR interface VPC endpoints").
  s3: ({ region }) => ["s3", `prod-${region}-starport-layer-bucket.s3`],
  logs: () => ["logs"],
  kms: () => ["kms"],
  secretsmanager: () => ["secretsmanager"],
  monitoring: () => ["monitoring"],
  sts: () => ["sts"],
} as const satisfies Readonly<Record<string, (place: EndpointPlace) => readonly string[]>>;

/** As in the service's name: `com.amazonaws.REGION.<service>`. */
export type EndpointService = keyof typeof endpointServices;

/**
 * The services that a node may need for its agents, image pulls, logs and the sessions of ECS Exec, which the cluster's key
 * encrypts; whether or not a VPC has endpoints for all of them.
 */
export const agentServices = [
  "ecs-agent",
  "ecs-telemetry",
  "ecs",
  "ssm",
  "ssmmessages",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "s3",
  "logs",
  "kms",
] as const satisfies readonly EndpointService[];

/** Returns the domain of a Region's names, such as `us-east-1.amazonaws.com`. */
export const domainOf = (region: string): string =>
  `${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`;

/** Returns the DNS names by which nodes reach a service, such as `ssm.us-east-1.amazonaws.com`. */
export const namesOf = (service: EndpointService, place: EndpointPlace): readonly string[] =>
  endpointServices[service](place).map((name) => `${name}.${domainOf(place.region)}`);

/** A DNS name that nodes use, and the endpoint that it must lead to. */
export interface EndpointName {
  /** For example `ssm.us-east-1.amazonaws.com`. */
  readonly name: string;
  /** For example `ecs-agent`. */
  readonly service: string;
  /** The endpoint's addresses, one per zone; undefined if the VPC has no such endpoint. */
  readonly addresses: readonly string[] | undefined;
}

/** Services whose name begins with `cn.` in China (aws/aws-cdk, `vpc-endpoint.ts`). */
const chinese: readonly EndpointService[] = ["ecr.api", "ecr.dkr", "s3", "monitoring", "sts"];

/** Returns the endpoint service's name, such as `com.amazonaws.us-east-1.ssm`. */
export function serviceNameOf(service: EndpointService, region: string): string {
  const prefix = region.startsWith("cn-") && chinese.includes(service) ? "cn." : "";
  return `${prefix}com.amazonaws.${region}.${service}`;
}
