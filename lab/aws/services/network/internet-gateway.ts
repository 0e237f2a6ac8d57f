/** EC2: internet gateways. API reference: CreateInternetGateway, AttachInternetGateway. */
import { z } from "zod";
import type { Account, Resource } from "../../account.ts";
import { AwsError, reported } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { needVpc } from "./vpc.ts";

const attachment = ({ vpcId }: { vpcId?: string | undefined }, { id }: { id: string }) =>
  vpcId === undefined ? undefined : { InternetGatewayId: id, VpcId: vpcId };

export const internetGateway = kind({
  type: "aws:ec2/internetGateway:InternetGateway",
  api: ["EC2", "InternetGateway"],
  inputs: z.strictObject({ vpcId: z.string().optional(), tags, region }),
  replaces: ["region"],
  holds: ["vpcId"],
  requests: {
    create: {
      CreateInternetGateway: ({ tags }) => ({
        TagSpecifications: tagSpecifications("internet-gateway", tags),
      }),
      AttachInternetGateway: attachment,
    },
    read: { DescribeInternetGateways: (_, { id }) => ({ InternetGatewayIds: [id] }) },
    update: {
      DetachInternetGateway: (_, made, before) => attachment(before, made),
      AttachInternetGateway: attachment,
      ...retagged.ec2,
    },
    delete: {
      DetachInternetGateway: attachment,
      DeleteInternetGateway: (_, { id }) => ({ InternetGatewayId: id }),
    },
  },
  create: (aws) => {
    const id = aws.ids.resource("igw");
    return { id, outputs: { arn: aws.arn("ec2", `internet-gateway/${id}`), ownerId: aws.account } };
  },
  afterCreate: {
    operation: "AttachInternetGateway",
    inputs: ["vpcId"],
    check: (aws, { vpcId }) => checkAttach(aws, vpcId),
  },
  update: (aws, { inputs: before, outputs }, { vpcId }) => {
    if (vpcId !== before.vpcId) {
      checkDetach(aws, before.vpcId);
      checkAttach(aws, vpcId);
    }
    return outputs;
  },
  delete: (aws, { inputs }) => checkDetach(aws, inputs.vpcId),
});

function checkAttach(aws: Account, vpcId: string | undefined): void {
  if (vpcId === undefined) return;
  needVpc(aws, vpcId);
  if (internetGateway.all(aws).some((g) => g.inputs.vpcId === vpcId))
    throw new AwsError(
      "InvalidParameterValue",
      `Network ${vpcId} already has an internet gateway attached`,
      reported("cloudfoundry-incubator/kubo-deployment#167"),
    );
}

/** NAT gateways and internet-facing load balancers have public addresses. */
function checkDetach(aws: Account, vpcId: string | undefined): void {
  if (vpcId === undefined) return;
  const inVpc = aws.holders(vpcId).flatMap(({ id }) => aws.holders(id));
  const hasPublicAddress = ({ inputs, outputs }: Resource) =>
    inputs.allocationId !== undefined || (outputs.dnsName !== undefined && inputs.internal === false);
  if (inVpc.some(hasPublicAddress))
    throw new AwsError(
      "DependencyViolation",
      `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      reported("hashicorp/terraform#1303"),
    );
}
