/** EC2: VPCs. API reference: CreateVpc. */
import { z } from "zod";
import type { Resource, Store } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { cidrBlock, kind, oneOf, region, tags } from "../../kind.ts";
import { need, rejectWhileHeld } from "../shared/lookups.ts";
import { isNetworkAddress, prefixLength } from "../shared/ranges.ts";

/** Whether a range has a size that a VPC or a subnet may have: /16 to /28. */
export const hasVpcSize = (cidr: string): boolean => prefixLength(cidr) >= 16 && prefixLength(cidr) <= 28;

const inputs = z.strictObject({
  cidrBlock,
  enableDnsHostnames: z.boolean().default(false),
  enableDnsSupport: z.boolean().default(true),
  enableNetworkAddressUsageMetrics: z.boolean().default(false),
  instanceTenancy: oneOf(["default", "dedicated"]).default("default"),
  tags,
  region,
});

export const vpc = kind({
  type: "aws:ec2/vpc:Vpc",
  api: ["EC2", "Vpc"],
  inputs,
  replaces: ["cidrBlock", "region"],
  create: (aws, { cidrBlock }) => {
    if (!hasVpcSize(cidrBlock))
      throw new AwsError(
        "InvalidVpc.Range",
        `The CIDR '${cidrBlock}' is invalid.`,
        reported("trailofbits/algo#340"),
      );
    // AWS itself would make the range canonical (API reference, CreateVpc), but the provider rejects it first.
    if (!isNetworkAddress(cidrBlock))
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
      new AwsError(
        "DependencyViolation",
        `The vpc '${id}' has dependencies and cannot be deleted.`,
        reported("gruntwork-io/cloud-nuke#345"),
      ),
    ),
});

/** Returns a VPC. Throws the error of EC2's older operations if it does not exist. */
export const needVpc = (store: Store, id: string): Resource<z.output<typeof inputs>> =>
  need(
    store,
    vpc,
    id,
    new AwsError(
      "InvalidVpcID.NotFound",
      `The vpc ID '${id}' does not exist`,
      documented("Amazon EC2 API, error codes: InvalidVpcID.NotFound"),
    ),
  );
