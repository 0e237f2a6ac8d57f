/** EC2: VPC endpoints. API reference: CreateVpcEndpoint; S3's private DNS: AmazonS3/latest/userguide/privatelink-interface-endpoints. */
import { z } from "zod";
import type { Account, Resource } from "../../account.ts";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { parsedJson } from "../../values.ts";
import { routeTable } from "../network/route-table.ts";
import { vpc } from "../network/vpc.ts";
import { filters } from "../shared/filters.ts";
import { need } from "../shared/lookups.ts";
import { endpointInterfaces, placeInterfaces } from "./endpoint-interfaces.ts";
import { endpointService, hasGateway, takesPolicy } from "./endpoint-services.ts";

const inputs = z.strictObject({
  vpcId: z.string(),
  serviceName: z.string(),
  vpcEndpointType: oneOf(["Gateway", "Interface"]).default("Gateway"),
  routeTableIds: z.array(z.string()).optional(),
  subnetIds: z.array(z.string()).optional(),
  subnetConfigurations: z
    .array(z.strictObject({ subnetId: z.string(), ipv4: z.ipv4().optional() }))
    .optional(),
  securityGroupIds: z.array(z.string()).optional(),
  privateDnsEnabled: z.boolean().default(false),
  dnsOptions: z
    .strictObject({
      dnsRecordIpType: z.string().optional(),
      privateDnsOnlyForInboundResolverEndpoint: z.boolean().default(true),
    })
    .optional(),
  policy: z.string().optional(),
  autoAccept: z.boolean().optional(),
  ipAddressType: z.string().optional(),
  tags,
  region,
});
type Inputs = z.output<typeof inputs>;

const siblings = (aws: Account, { vpcId, serviceName }: Inputs, self?: string): Resource<Inputs>[] =>
  vpcEndpoint
    .all(aws)
    .filter((e) => e.id !== self && e.inputs.vpcId === vpcId && e.inputs.serviceName === serviceName);

/** Whether private DNS is for on-prem only, while the VPC keeps using the gateway endpoint: S3's default. */
const isInboundOnly = (service: string, given: Inputs) =>
  hasGateway(service) &&
  given.privateDnsEnabled &&
  (given.dnsOptions?.privateDnsOnlyForInboundResolverEndpoint ?? true);

function checkGateway(aws: Account, service: string, given: Inputs, self?: string): void {
  for (const id of given.routeTableIds ?? [])
    need(
      aws,
      routeTable,
      id,
      new AwsError(
        "InvalidRouteTableId.NotFound",
        `The Route Table Id ${id} does not exist`,
        documented("Amazon EC2 API, error codes: InvalidRouteTableID.NotFound"),
      ),
    );
  if (!hasGateway(service))
    throw new AwsError(
      "InvalidServiceName",
      `The Vpc Endpoint Service '${given.serviceName}' does not exist`,
      reported("aws-samples/aws-network-firewall-terraform#4"),
    );
  if (given.dnsOptions)
    throw new AwsError(
      "InvalidParameter",
      "DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.",
      documented("Amazon EC2 API, DnsOptionsSpecification: PrivateDnsOnlyForInboundResolverEndpoint"),
    );
  const twice = siblings(aws, given, self).find((e) =>
    e.inputs.routeTableIds?.some((id) => given.routeTableIds?.includes(id)),
  );
  if (twice)
    throw new AwsError(
      "RouteAlreadyExists",
      `route table already has a route with destination-prefix-list-id pl-63a5400a`,
      documented("Amazon EC2 API, error codes: RouteAlreadyExists"),
    );
}

function checkPrivateDns(aws: Account, service: string, given: Inputs, self?: string): void {
  const { vpcId } = given;
  if (!given.privateDnsEnabled) return;
  const of = vpc.get(aws, vpcId);
  if (!of?.inputs.enableDnsHostnames || !of.inputs.enableDnsSupport)
    throw new AwsError(
      "InvalidParameter",
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
      documented("Amazon EC2 API, CreateVpcEndpoint: PrivateDnsEnabled"),
    );
  const others = siblings(aws, given, self);
  const hasOwnGateway = others.some((e) => e.inputs.vpcEndpointType === "Gateway");
  // S3 requires its gateway endpoint unless private DNS is for all: the default is "inbound resolver only".
  if (isInboundOnly(service, given) && !hasOwnGateway)
    throw new AwsError(
      "InvalidParameter",
      `To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC ${vpcId} must have a Gateway endpoint for the service.`,
      reported("hashicorp/terraform-provider-aws#33689"),
    );
  if (!hasGateway(service) && given.dnsOptions?.privateDnsOnlyForInboundResolverEndpoint)
    throw new AwsError(
      "InvalidParameter",
      "PrivateDnsOnlyForInboundResolverEndpoint is supported only for services that have both Gateway and Interface endpoints.",
      documented("Amazon EC2 API, DnsOptionsSpecification: PrivateDnsOnlyForInboundResolverEndpoint"),
    );
  if (others.some((e) => e.inputs.privateDnsEnabled))
    throw new AwsError(
      "InvalidParameter",
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${service}.${aws.region}.amazonaws.com in the VPC ${vpcId}`,
      reported("hashicorp/terraform-provider-aws#17535"),
    );
}

function checkPolicy(service: string, { policy, serviceName }: Inputs): void {
  if (policy === undefined) return;
  if (!takesPolicy(service))
    throw new AwsError(
      "InvalidParameter",
      `The service ${serviceName} does not support endpoint policies.`,
      reported("awsdocs/amazon-ecs-developer-guide#55"),
    );
  if (typeof parsedJson(policy) !== "object")
    throw new AwsError(
      "InvalidPolicyDocument",
      "The policy document is not a valid JSON policy document.",
      documented("Amazon EC2 API, error codes: InvalidPolicyDocument"),
    );
}

function check(aws: Account, given: Inputs, self?: string): string {
  const service = endpointService(aws, given.serviceName);
  if (service === undefined)
    throw new AwsError(
      "InvalidServiceName",
      `The Vpc Endpoint Service '${given.serviceName}' does not exist`,
      reported("aws-samples/aws-network-firewall-terraform#4"),
    );
  if (given.vpcEndpointType === "Gateway") checkGateway(aws, service, given, self);
  else checkPrivateDns(aws, service, given, self);
  checkPolicy(service, given);
  return service;
}

/** The provider sends the member for the inbound resolver with S3's interface endpoint only. */
function dnsOptions({ dnsOptions: given, serviceName, vpcEndpointType }: Inputs) {
  const isS3 = serviceName.endsWith(".s3") && vpcEndpointType === "Interface";
  return (
    given && {
      DnsRecordIpType: given.dnsRecordIpType,
      PrivateDnsOnlyForInboundResolverEndpoint: isS3
        ? given.privateDnsOnlyForInboundResolverEndpoint
        : undefined,
    }
  );
}

const subnetConfigurations = ({ subnetConfigurations: given }: Inputs) =>
  given?.map(({ subnetId, ipv4 }) => ({ SubnetId: subnetId, Ipv4: ipv4 }));

/** Returns what `others` does not have; undefined for nothing. */
function without(ids: readonly string[] = [], others: readonly string[] = []) {
  const left = ids.filter((id) => !others.includes(id));
  return left.length === 0 ? undefined : left;
}

export const vpcEndpoint = kind({
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  api: ["EC2", "VpcEndpoint"],
  operations: { delete: "DeleteVpcEndpoints" },
  json: ["policy"],
  inputs,
  replaces: ["vpcId", "serviceName", "vpcEndpointType", "region"],
  sets: ["routeTableIds", "securityGroupIds", "subnetIds", "subnetConfigurations"],
  holds: ["vpcId", "subnetIds", "subnetConfigurations", "securityGroupIds"],
  interfaces: ({ outputs }) =>
    endpointInterfaces(outputs).map(({ subnetId, ipv4 }) => ({ subnetId, address: ipv4 })),
  requests: {
    create: {
      CreateVpcEndpoint: (given) => ({
        VpcId: given.vpcId,
        ServiceName: given.serviceName,
        VpcEndpointType: given.vpcEndpointType,
        PrivateDnsEnabled: given.privateDnsEnabled,
        DnsOptions: dnsOptions(given),
        IpAddressType: given.ipAddressType,
        PolicyDocument: given.policy,
        RouteTableIds: given.routeTableIds,
        SecurityGroupIds: given.securityGroupIds,
        SubnetConfigurations: subnetConfigurations(given),
        SubnetIds: given.subnetIds,
        TagSpecifications: tagSpecifications("vpc-endpoint", given.tags),
      }),
    },
    read: {
      DescribeVpcEndpoints: (_, { id }) => ({ VpcEndpointIds: [id] }),
      DescribePrefixLists: ({ serviceName }) => ({ Filters: filters({ "prefix-list-name": serviceName }) }),
      DescribeNetworkInterfaces: (_, { outputs }) =>
        z
          .array(z.string())
          .catch([])
          .parse(outputs.networkInterfaceIds)
          .map((id) => ({ NetworkInterfaceIds: [id] })),
    },
    update: {
      ModifyVpcEndpoint: (given, { id }, before) => ({
        VpcEndpointId: id,
        PrivateDnsEnabled: given.privateDnsEnabled,
        DnsOptions: dnsOptions(given),
        IpAddressType: given.ipAddressType,
        PolicyDocument: given.policy,
        ResetPolicy: given.policy === undefined ? true : undefined,
        SubnetConfigurations: subnetConfigurations(given),
        AddRouteTableIds: without(given.routeTableIds, before.routeTableIds),
        RemoveRouteTableIds: without(before.routeTableIds, given.routeTableIds),
        AddSecurityGroupIds: without(given.securityGroupIds, before.securityGroupIds),
        RemoveSecurityGroupIds: without(before.securityGroupIds, given.securityGroupIds),
        AddSubnetIds: without(given.subnetIds, before.subnetIds),
        RemoveSubnetIds: without(before.subnetIds, given.subnetIds),
      }),
      ...retagged.ec2,
    },
    delete: { DeleteVpcEndpoints: (_, { id }) => ({ VpcEndpointIds: [id] }) },
  },
  create: (aws, given) => {
    need(
      aws,
      vpc,
      given.vpcId,
      new AwsError(
        "InvalidVpcId.NotFound",
        `The Vpc Id ${given.vpcId} does not exist`,
        documented("Amazon EC2 API, error codes: InvalidVpcID.NotFound"),
      ),
    );
    const service = check(aws, given);
    const id = aws.ids.resource("vpce");
    const isGateway = given.vpcEndpointType === "Gateway";
    return {
      id,
      outputs: {
        arn: aws.arn("ec2", `vpc-endpoint/${id}`),
        ownerId: aws.account,
        state: "available",
        requesterManaged: false,
        serviceRegion: aws.region,
        ...(isGateway
          ? { prefixListId: "pl-63a5400a", cidrBlocks: ["52.216.0.0/15"] }
          : placeInterfaces(aws, service, id, given)),
      },
    };
  },
  update: (aws, { id, outputs }, given) => {
    const service = check(aws, given, id);
    if (given.vpcEndpointType === "Gateway") return outputs;
    return { ...outputs, ...placeInterfaces(aws, service, id, given, outputs) };
  },
  delete: (aws, { id, inputs: own }) => {
    const service = endpointService(aws, own.serviceName) ?? "";
    const dependent = siblings(aws, own, id).find((e) => isInboundOnly(service, e.inputs));
    if (own.vpcEndpointType === "Gateway" && dependent)
      throw new AwsError(
        "InvalidParameter",
        `Cannot delete the Gateway endpoint ${id}: the Interface endpoint ${dependent.id} has PrivateDnsOnlyForInboundResolverEndpoint set to true.`,
        documented("Amazon S3 user guide, AWS PrivateLink for Amazon S3: Private DNS"),
      );
  },
});
