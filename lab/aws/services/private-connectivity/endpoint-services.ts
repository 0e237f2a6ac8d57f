/**
 * PrivateLink: which of AWS's own services have endpoints in this Region, in which zones and under which names.
 * API reference: DescribeVpcEndpointServices; vpc/latest/privatelink/aws-services-privatelink-support.
 */
import { z } from "zod";
import type { Account, Properties } from "../../account.ts";
import { dataSource } from "../../data-source.ts";

interface Offered {
  /** Names in the endpoint's private hosted zone, without `.REGION.amazonaws.com`. Default: the service's own. */
  readonly hosts?: readonly string[];
  /** Whether the service accepts an endpoint policy. Default: yes. */
  readonly policy?: false;
  /** Whether the service has a gateway endpoint too. */
  readonly gateway?: true;
}

const offered: Readonly<Record<string, Offered>> = {
  // The ECS agent's two services have no policies: awsdocs/amazon-ecs-developer-guide#55. Their numbered hosts have no
  // private name.
  "ecs-agent": { hosts: ["ecs-a"], policy: false },
  "ecs-telemetry": { hosts: ["ecs-t"], policy: false },
  ecs: {},
  ssm: {},
  ssmmessages: {},
  ec2messages: {},
  "ecr.api": { hosts: ["api.ecr"] },
  "ecr.dkr": { hosts: ["dkr.ecr", "*.dkr.ecr"] },
  s3: { hosts: ["s3", "*.s3"], gateway: true },
  dynamodb: { gateway: true },
  logs: {},
  kms: {},
  secretsmanager: {},
  monitoring: {},
  sts: {},
};

/** Systems Manager user guide, "ec2messages": Regions launched in 2024 and later have ssmmessages only. */
const launchedSince2024 = [
  "ap-southeast-5",
  "ap-southeast-7",
  "ap-southeast-6",
  "ap-east-2",
  "mx-central-1",
  "eusc-de-east-1",
];

const hasService = (aws: Account, service: string) =>
  Object.hasOwn(offered, service) && !(service === "ec2messages" && launchedSince2024.includes(aws.region));

/**
 * Returns the service's name without `com.amazonaws.REGION.`, or undefined if this Region does not have the service.
 */
export function endpointService(aws: Account, serviceName: string): string | undefined {
  const prefix = `com.amazonaws.${aws.region}.`;
  const service = serviceName.slice(prefix.length);
  const isThere = serviceName.startsWith(prefix) && hasService(aws, service);
  return isThere && serviceZones(aws, service).length > 0 ? service : undefined;
}

/**
 * Returns the zones in which the service has endpoints: all of the Region's, unless `runtime.serviceZones` says
 * otherwise.
 */
export const serviceZones = (aws: Account, service: string): readonly string[] =>
  aws.runtime.serviceZones[service] ?? [..."abcdef"].map((letter) => aws.region + letter);

export const hasGateway = (service: string): boolean => offered[service]?.gateway ?? false;

export const takesPolicy = (service: string): boolean => offered[service]?.policy ?? true;

/**
 * Returns the name below which each endpoint of the service has its own public names, such as
 * `api.ecr.us-east-1.vpce.amazonaws.com`.
 */
export const endpointDomain = (aws: Account, service: string): string =>
  `${offered[service]?.hosts?.[0] ?? service}.${aws.region}.vpce.amazonaws.com`;

/**
 * Returns the names that resolve to the endpoint if its private DNS is on, such as `*.dkr.ecr.us-east-1.amazonaws.com`.
 */
export const privateNames = (aws: Account, service: string): readonly string[] =>
  (offered[service]?.hosts ?? [service]).map((host) => `${host}.${aws.region}.amazonaws.com`);

const asked = z.strictObject({
  service: z.string().optional(),
  serviceName: z.string().optional(),
  serviceType: z.enum(["Gateway", "Interface"]).optional(),
});

/** Answers the data source `aws.ec2.getVpcEndpointService`. Its errors are terraform-provider-aws's own. */
function describe(aws: Account, args: Properties): Properties {
  const { service: short, serviceName: long, serviceType } = asked.parse(args);
  const serviceName = long ?? `com.amazonaws.${aws.region}.${short}`;
  const service = endpointService(aws, serviceName);
  if (service === undefined) throw new Error("reading EC2 VPC Endpoint Services: couldn't find resource");
  if (serviceType === undefined && hasGateway(service))
    throw new Error(
      "multiple EC2 VPC Endpoint Services matched; use additional constraints to reduce matches to a single EC2 VPC Endpoint Service",
    );
  const type = serviceType ?? "Interface";
  if (type === "Gateway" && !hasGateway(service))
    throw new Error("no matching EC2 VPC Endpoint Service found");
  const serviceId = `vpce-svc-0${Buffer.from(service).toString("hex").padEnd(16, "0").slice(0, 16)}`;
  const names = type === "Interface" ? privateNames(aws, service) : [];
  return {
    ...args,
    id: serviceId.slice(-9),
    arn: aws.arn("ec2", `vpc-endpoint-service/${serviceId}`),
    acceptanceRequired: false,
    availabilityZones: serviceZones(aws, service),
    baseEndpointDnsNames: [endpointDomain(aws, service)],
    managesVpcEndpoints: false,
    owner: "amazon",
    privateDnsName: names[0] ?? "",
    privateDnsNames: names,
    region: aws.region,
    serviceId,
    serviceName,
    serviceRegion: aws.region,
    serviceType: type,
    supportedIpAddressTypes: ["ipv4"],
    tags: {},
    vpcEndpointPolicySupported: takesPolicy(service),
  };
}

export const getVpcEndpointService = dataSource(
  "aws:ec2/getVpcEndpointService:getVpcEndpointService",
  describe,
);
