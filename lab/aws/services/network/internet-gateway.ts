/** EC2: internet gateways. API reference: CreateInternetGateway, AttachInternetGateway. */
import { z } from "zod";
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
  create: (aws, { vpcId }) => {
    if (vpcId !== undefined) {
      needVpc(aws, vpcId);
      if (internetGateway.all(aws).some((g) => g.inputs.vpcId === vpcId))
        throw new AwsError(
          "InvalidParameterValue",
          `Network ${vpcId} already has an internet gateway attached`,
          reported("cloudfoundry-incubator/kubo-deployment#167"),
        );
    }
    const id = aws.ids.resource("igw");
    return { id, outputs: { arn: aws.arn("ec2", `internet-gateway/${id}`), ownerId: aws.account } };
  },
  delete: (aws, { inputs }) => {
    const inVpc = aws.holders(inputs.vpcId ?? "").flatMap(({ id }) => aws.holders(id));
    if (inVpc.some(({ inputs: { allocationId } }) => allocationId !== undefined))
      throw new AwsError(
        "DependencyViolation",
        `Network ${inputs.vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        reported("hashicorp/terraform#1303"),
      );
  },
});
