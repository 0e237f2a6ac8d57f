/** The AWS services that nodes reach through interface endpoints, and the DNS names that they are reached by. */

/** Where an endpoint stands: what its names are made of. */
export interface EndpointPlace {
  /** For example `us-east-1`. */
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

/** Names before the Region, by the service's own name: `ssm` of `ssm.us-east-1.amazonaws.com`. */
export const endpointServices = {
  // Whoever asks by the endpoint `ecs` is told these two (DiscoverPollEndpoint); the numbered hosts, such as `ecs-a-1`, that
  // others are told have no private name: aws-samples/aws-secure-environment-accelerator#1052.
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
 * What a node's agents, its image pulls, its logs and the sessions of ECS Exec, which are encrypted with the cluster's
 * key, may need: whether or not a VPC has endpoints for all of them.
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

/** The domain of a Region's names, such as `us-east-1.amazonaws.com`. */
export const domainOf = (region: string): string =>
  `${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`;

/** The DNS names by which nodes reach a service, such as `ssm.us-east-1.amazonaws.com`. */
export const namesOf = (service: EndpointService, place: EndpointPlace): readonly string[] =>
  endpointServices[service](place).map((name) => `${name}.${domainOf(place.region)}`);

/** A DNS name that nodes use, and where it must lead. */
export interface EndpointName {
  /** For example `ssm.us-east-1.amazonaws.com`. */
  readonly name: string;
  /** For example `ecs-agent`. */
  readonly service: string;
  /** Of the service's endpoint; undefined where none is asked for. */
  readonly addresses: readonly string[] | undefined;
}

/** Services that China has under a name that begins with `cn.` (aws/aws-cdk, `vpc-endpoint.ts`). */
const chinese: readonly EndpointService[] = ["ecr.api", "ecr.dkr", "s3", "monitoring", "sts"];

/** The endpoint service's name, such as `com.amazonaws.us-east-1.ssm`. */
export function serviceNameOf(service: EndpointService, region: string): string {
  const prefix = region.startsWith("cn-") && chinese.includes(service) ? "cn." : "";
  return `${prefix}com.amazonaws.${region}.${service}`;
}
