/** EC2: subnets. API reference: CreateSubnet. */
import { z } from "zod";
import { AwsError, guessed } from "../../errors.ts";
import { cidrBlock, kind, region, tags } from "../../kind.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";
import { containsCidr, overlapCidr } from "../shared/ranges.ts";
import { isVpcRange, vpc } from "./vpc.ts";

export const subnet = kind({
  type: "aws:ec2/subnet:Subnet",
  api: ["EC2", "Subnet"],
  inputs: z.strictObject({
    vpcId: z.string(),
    cidrBlock,
    availabilityZone: z.string().optional(),
    mapPublicIpOnLaunch: z.boolean().default(false),
    tags,
    region,
  }),
  replaces: ["vpcId", "cidrBlock", "availabilityZone", "region"],
  holds: ["vpcId"],
  create: (aws, { vpcId, cidrBlock, availabilityZone = `${aws.region}a` }) => {
    const { inputs } = need(
      aws,
      vpc,
      vpcId,
      new AwsError("InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`, guessed),
    );
    if (!/^[a-f]$/.test(availabilityZone.replace(aws.region, "")))
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${availabilityZone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${[..."abcdef"].map((z) => aws.region + z).join(", ")}.`,
        guessed,
      );
    if (!isVpcRange(cidrBlock) || !containsCidr(inputs.cidrBlock, cidrBlock))
      throw new AwsError("InvalidSubnet.Range", `The CIDR '${cidrBlock}' is invalid.`, guessed);
    const taken = subnet.all(aws).filter((s) => s.inputs.vpcId === vpcId);
    if (taken.some((s) => overlapCidr(s.inputs.cidrBlock, cidrBlock)))
      throw new AwsError(
        "InvalidSubnet.Conflict",
        `The CIDR '${cidrBlock}' conflicts with another subnet`,
        guessed,
      );
    const id = aws.ids.resource("subnet");
    return {
      id,
      outputs: {
        arn: aws.arn("ec2", `subnet/${id}`),
        ownerId: aws.account,
        availabilityZone,
        availabilityZoneId: `use1-az${availabilityZone.charCodeAt(availabilityZone.length - 1) - 96}`,
      },
    };
  },
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "DependencyViolation",
        `The subnet '${id}' has dependencies and cannot be deleted.`,
        guessed,
      ),
    ),
});
