/** EC2: more ranges of a VPC. API reference: AssociateVpcCidrBlock; VPC user guide: VPC CIDR blocks. */
import { z } from "zod";
import type { Store } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { cidrBlock, kind, region } from "../../kind.ts";
import { filters } from "../shared/filters.ts";

import { containsCidr, overlapCidr } from "../shared/ranges.ts";
import { hasVpcSize, needVpc } from "./vpc.ts";

const inputs = z.strictObject({ vpcId: z.string(), cidrBlock, region });

const rfc1918 = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const isIn = (range: string, cidr: string) => containsCidr(range, cidr);

/** The table of the user guide, "IPv4 CIDR block association restrictions". */
function isRestricted(primary: string, ranges: readonly string[], asked: string): boolean {
  const ownBlock = rfc1918.find((block) => isIn(block, primary));
  return (
    isIn("169.254.0.0/16", asked) ||
    isIn("198.19.0.0/16", asked) ||
    rfc1918.some((block) => block !== ownBlock && isIn(block, asked)) ||
    (isIn("10.0.0.0/16", asked) && ranges.some((range) => isIn("10.0.0.0/15", range))) ||
    (isIn("172.31.0.0/16", asked) && ownBlock === "172.16.0.0/12")
  );
}

/** Returns all ranges of a VPC; the first one is its own. */
export function rangesOf(aws: Store, id: string): readonly string[] {
  return [needVpc(aws, id).inputs.cidrBlock, ...secondaryRangesOf(aws, id)];
}

/** Returns the ranges that were associated with a VPC later. */
export function secondaryRangesOf(aws: Store, id: string): readonly string[] {
  return vpcCidrAssociation.all(aws).flatMap(({ inputs }) => (inputs.vpcId === id ? [inputs.cidrBlock] : []));
}

/** AWS's quota, unless it is asked for more. */
const mostRanges = 5;

export const vpcCidrAssociation = kind({
  type: "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
  api: ["EC2", "VpcCidrBlock"],
  operations: { create: "AssociateVpcCidrBlock", delete: "DisassociateVpcCidrBlock" },
  inputs,
  replaces: ["vpcId", "cidrBlock", "region"],
  requests: {
    create: { AssociateVpcCidrBlock: ({ vpcId, cidrBlock }) => ({ VpcId: vpcId, CidrBlock: cidrBlock }) },
    read: {
      DescribeVpcs: (_, { id }) => ({ Filters: filters({ "cidr-block-association.association-id": id }) }),
    },
    delete: { DisassociateVpcCidrBlock: (_, { id }) => ({ AssociationId: id }) },
  },
  create: (aws, { vpcId, cidrBlock }) => {
    const ranges = rangesOf(aws, vpcId);
    const [primary = ""] = ranges;
    if (!hasVpcSize(cidrBlock))
      throw new AwsError(
        "InvalidVpc.Range",
        `The CIDR '${cidrBlock}' is invalid.`,
        documented("Amazon EC2 API, error codes: InvalidVpc.Range"),
      );
    if (isRestricted(primary, ranges, cidrBlock))
      throw new AwsError(
        "InvalidVpc.Range",
        `The CIDR '${cidrBlock}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html`,
        documented("Amazon VPC user guide, VPC CIDR blocks: IPv4 CIDR block association restrictions"),
      );
    if (ranges.some((range) => overlapCidr(range, cidrBlock)))
      throw new AwsError(
        "CidrConflict",
        `The CIDR '${cidrBlock}' conflicts with another range of the VPC ${vpcId}`,
        guessed,
      );
    if (ranges.length >= mostRanges)
      throw new AwsError(
        "CidrLimitExceeded",
        `This network '${vpcId}' has met its maximum number of allowed CIDRs: ${mostRanges}`,
        reported("getmoto/moto, moto/ec2/exceptions.py"),
      );
    return { id: aws.ids.resource("vpc-cidr-assoc") };
  },
  delete: (aws, { inputs: { vpcId, cidrBlock } }) => {
    const subnets = aws.resources("aws:ec2/subnet:Subnet").map((s) => inputs.loose().parse(s.inputs));
    if (subnets.some((s) => s.vpcId === vpcId && containsCidr(cidrBlock, s.cidrBlock)))
      throw new AwsError(
        "InvalidCidrBlock.InUse",
        `The vpc ${vpcId} currently has a subnet within CIDR block ${cidrBlock}`,
        documented("Amazon EC2 API, DisassociateVpcCidrBlock: delete all resources in the range before"),
      );
  },
});
