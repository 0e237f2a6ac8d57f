/** EC2: VPC endpoints. API reference: CreateVpcEndpoint; S3's private DNS: AmazonS3/latest/userguide/privatelink-interface-endpoints. */
import { z } from "zod";
import { AwsError } from "../errors.ts";
import { kind, oneOf, region, tags } from "../kind.ts";
import { need } from "./common.ts";
import { routeTable } from "./routing.ts";
import { subnet, vpc } from "./vpc.ts";

const gatewayServices = ["s3", "dynamodb"];

export const vpcEndpoint = kind({
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  api: ["EC2", "VpcEndpoint"],
  operations: { delete: "DeleteVpcEndpoints" },
  json: ["policy"],
  inputs: z.strictObject({
    vpcId: z.string(),
    serviceName: z.string(),
    vpcEndpointType: oneOf(["Gateway", "Interface"]).default("Gateway"),
    routeTableIds: z.array(z.string()).optional(),
    subnetIds: z.array(z.string()).optional(),
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
  }),
  replaces: ["vpcId", "serviceName", "vpcEndpointType", "region"],
  create: (aws, inputs) => {
    const { vpcId, serviceName, vpcEndpointType } = inputs;
    const of = need(aws, vpc, vpcId, "InvalidVpcId.NotFound", `The Vpc Id ${vpcId} does not exist`);
    const prefix = `com.amazonaws.${aws.region}.`;
    const service = serviceName.slice(prefix.length);
    if (
      !serviceName.startsWith(prefix) ||
      (vpcEndpointType === "Gateway" && !gatewayServices.includes(service))
    )
      throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${serviceName}' does not exist`);
    for (const id of inputs.routeTableIds ?? [])
      need(aws, routeTable, id, "InvalidRouteTableId.NotFound", `The Route Table Id ${id} does not exist`);
    for (const id of inputs.subnetIds ?? [])
      need(aws, subnet, id, "InvalidSubnetId.NotFound", `The Subnet Id ${id} does not exist`);
    const others = vpcEndpoint.all(aws).filter((e) => e.inputs.vpcId === vpcId);
    if (vpcEndpointType === "Gateway") {
      if (inputs.dnsOptions)
        throw new AwsError(
          "InvalidParameter",
          "DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.",
        );
      const twice = others.find(
        (e) =>
          e.inputs.serviceName === serviceName &&
          e.inputs.routeTableIds?.some((id) => inputs.routeTableIds?.includes(id)),
      );
      if (twice)
        throw new AwsError(
          "RouteAlreadyExists",
          `route table already has a route with destination-prefix-list-id pl-63a5400a`,
        );
    }
    const { privateDnsEnabled, dnsOptions } = inputs;
    if (vpcEndpointType === "Interface" && privateDnsEnabled) {
      if (!of.inputs.enableDnsHostnames || !of.inputs.enableDnsSupport)
        throw new AwsError(
          "InvalidParameter",
          `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
        );
      const gateway = others.some(
        (e) => e.inputs.serviceName === serviceName && e.inputs.vpcEndpointType === "Gateway",
      );
      // S3 wants its gateway endpoint unless private DNS is for everybody: the default is "inbound resolver only".
      if (service === "s3" && (dnsOptions?.privateDnsOnlyForInboundResolverEndpoint ?? true) && !gateway)
        throw new AwsError(
          "InvalidParameter",
          `To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC ${vpcId} must have a Gateway endpoint for the service.`,
        );
      if (others.some((e) => e.inputs.serviceName === serviceName && e.inputs.privateDnsEnabled))
        throw new AwsError(
          "InvalidParameter",
          `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${service}.${aws.region}.amazonaws.com in the VPC ${vpcId}`,
        );
    }
    const id = aws.ids.resource("vpce");
    return {
      id,
      outputs: {
        arn: aws.arn("ec2", `vpc-endpoint/${id}`),
        ownerId: aws.account,
        state: "available",
        requesterManaged: false,
        ...(vpcEndpointType === "Gateway"
          ? { prefixListId: "pl-63a5400a", cidrBlocks: ["52.216.0.0/15"] }
          : {}),
      },
    };
  },
  delete: (aws, { id, inputs }) => {
    const dependent = vpcEndpoint
      .all(aws)
      .find(
        (e) =>
          e.id !== id &&
          e.inputs.vpcId === inputs.vpcId &&
          e.inputs.serviceName === inputs.serviceName &&
          e.inputs.privateDnsEnabled &&
          (e.inputs.dnsOptions?.privateDnsOnlyForInboundResolverEndpoint ?? true),
      );
    if (inputs.vpcEndpointType === "Gateway" && dependent)
      throw new AwsError(
        "InvalidParameter",
        `Cannot delete the Gateway endpoint ${id}: the Interface endpoint ${dependent.id} has PrivateDnsOnlyForInboundResolverEndpoint set to true.`,
      );
  },
});
