/** EC2: internet gateways. API reference: CreateInternetGateway, AttachInternetGateway. */
import { z } from "zod";
import { AwsError, reported } from "../../errors.ts";
import { kind, region, tags } from "../../kind.ts";
import { needVpc } from "./vpc.ts";

export const internetGateway = kind({
  type: "aws:ec2/internetGateway:InternetGateway",
  api: ["EC2", "InternetGateway"],
  inputs: z.strictObject({ vpcId: z.string().optional(), tags, region }),
  replaces: ["region"],
  holds: ["vpcId"],
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
