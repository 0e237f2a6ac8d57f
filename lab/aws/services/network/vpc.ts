/** EC2: VPCs. API reference: CreateVpc. */
import { z } from "zod";
import { AwsError, guessed } from "../../errors.ts";
import { cidrBlock, kind, oneOf, region, tags } from "../../kind.ts";
import { rejectWhileHeld } from "../shared/lookups.ts";
import { isNetworkAddress, prefixLength } from "../shared/ranges.ts";

/** Whether a VPC or a subnet may have a range: /16 to /28, on its own boundary. */
export function isVpcRange(cidr: string) {
  const prefix = prefixLength(cidr);
  return prefix >= 16 && prefix <= 28 && isNetworkAddress(cidr);
}

export const vpc = kind({
  type: "aws:ec2/vpc:Vpc",
  api: ["EC2", "Vpc"],
  inputs: z.strictObject({
    cidrBlock,
    enableDnsHostnames: z.boolean().default(false),
    enableDnsSupport: z.boolean().default(true),
    enableNetworkAddressUsageMetrics: z.boolean().default(false),
    instanceTenancy: oneOf(["default", "dedicated"]).default("default"),
    tags,
    region,
  }),
  replaces: ["cidrBlock", "region"],
  create: (aws, { cidrBlock }) => {
    if (!isVpcRange(cidrBlock))
      throw new AwsError("InvalidVpc.Range", `The CIDR '${cidrBlock}' is invalid.`, guessed);
    const id = aws.ids.resource("vpc");
    const mainRouteTable = aws.ids.resource("rtb");
    return {
      id,
      outputs: {
        arn: aws.arn("ec2", `vpc/${id}`),
        ownerId: aws.account,
        defaultSecurityGroupId: aws.ids.resource("sg"),
        defaultNetworkAclId: aws.ids.resource("acl"),
        defaultRouteTableId: mainRouteTable,
        mainRouteTableId: mainRouteTable,
        dhcpOptionsId: aws.ids.resource("dopt"),
      },
    };
  },
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError("DependencyViolation", `The vpc '${id}' has dependencies and cannot be deleted.`, guessed),
    ),
});
