/** EC2: NAT gateways and their public addresses. API reference: AllocateAddress, CreateNatGateway. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";
import { addressAt } from "../shared/ranges.ts";
import { takeAddress } from "../shared/subnet-addresses.ts";
import { internetGateway } from "./internet-gateway.ts";
import { needSubnet } from "./subnet.ts";

export const eip = kind({
  type: "aws:ec2/eip:Eip",
  api: ["EC2", "Address"],
  operations: { create: "AllocateAddress", delete: "ReleaseAddress" },
  inputs: z.strictObject({ domain: oneOf(["vpc"]).default("vpc"), tags, region }),
  replaces: ["domain", "region"],
  requests: {
    create: {
      AllocateAddress: ({ domain, tags }) => ({
        Domain: domain,
        TagSpecifications: tagSpecifications("elastic-ip", tags),
      }),
    },
    read: {
      DescribeAddresses: (_, { id }) => ({ AllocationIds: [id] }),
      DescribeAddressesAttribute: (_, { id }) => ({ AllocationIds: [id], Attribute: "domain-name" }),
    },
    update: { ...retagged.ec2 },
    delete: { ReleaseAddress: (_, { id }) => ({ AllocationId: id }) },
  },
  create: (aws) => {
    const id = aws.ids.resource("eipalloc");
    const taken = eip.all(aws).length;
    const publicIp = addressAt("203.0.113.128/25", 1 + taken);
    return {
      id,
      outputs: {
        allocationId: id,
        arn: aws.arn("ec2", `elastic-ip/${id}`),
        publicIp,
        publicDns: `ec2-${publicIp.replaceAll(".", "-")}.compute-1.amazonaws.com`,
      },
    };
  },
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "AuthFailure",
        `You do not have permission to access the specified resource.`,
        reported("kubernetes/kops#1604"),
      ),
    ),
});

export const natGateway = kind({
  type: "aws:ec2/natGateway:NatGateway",
  api: ["EC2", "NatGateway"],
  inputs: z.strictObject({
    allocationId: z.string().optional(),
    connectivityType: oneOf(["public", "private"]).default("public"),
    subnetId: z.string(),
    tags,
    region,
  }),
  replaces: ["allocationId", "connectivityType", "subnetId", "region"],
  holds: ["allocationId", "subnetId"],
  interfaces: ({ inputs, outputs }) => [{ subnetId: inputs.subnetId, address: String(outputs.privateIp) }],
  requests: {
    create: {
      CreateNatGateway: ({ allocationId, connectivityType, subnetId, tags }) => ({
        AllocationId: allocationId,
        ConnectivityType: connectivityType,
        SubnetId: subnetId,
        TagSpecifications: tagSpecifications("natgateway", tags),
      }),
    },
    read: { DescribeNatGateways: (_, { id }) => ({ NatGatewayIds: [id] }) },
    update: { ...retagged.ec2 },
    delete: { DeleteNatGateway: (_, { id }) => ({ NatGatewayId: id }) },
  },
  create: (aws, { allocationId, connectivityType, subnetId }) => {
    const { inputs } = needSubnet(aws, subnetId);
    if (connectivityType === "public") {
      if (allocationId === undefined)
        throw new AwsError(
          "MissingParameter",
          "The request must include the AllocationId parameter.",
          documented("Amazon EC2 API, CreateNatGateway: AllocationId"),
        );
      need(
        aws,
        eip,
        allocationId,
        new AwsError(
          "InvalidAllocationID.NotFound",
          `The allocation ID '${allocationId}' does not exist`,
          documented("Amazon EC2 API, error codes: InvalidAllocationID.NotFound"),
        ),
      );
      if (!internetGateway.all(aws).some((g) => g.inputs.vpcId === inputs.vpcId))
        throw new AwsError(
          "Gateway.NotAttached",
          `Network ${inputs.vpcId} has no Internet gateway attached`,
          documented("Amazon EC2 API, NatGateway: failureMessage"),
        );
    }
    const privateIp = takeAddress(inputs.cidrBlock, aws.addressesInUse(subnetId));
    if (privateIp === undefined)
      throw new AwsError(
        "InsufficientFreeAddressesInSubnet",
        "Subnet has insufficient free addresses to create this NAT gateway",
        documented("Amazon EC2 API, NatGateway: failureMessage"),
      );
    return {
      id: `nat-0${aws.ids.hex(16)}`,
      outputs: {
        privateIp,
        publicIp: eip.get(aws, allocationId ?? "")?.outputs.publicIp,
        associationId: aws.ids.resource("eipassoc"),
        networkInterfaceId: aws.ids.resource("eni"),
      },
    };
  },
});
