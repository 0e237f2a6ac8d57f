/** Route 53 Resolver: endpoints. API reference: CreateResolverEndpoint, AssociateResolverEndpointIpAddress. */
import { z } from "zod";
import type { Account, Properties } from "../../account.ts";
import { AwsError, documented, guessed, reported } from "../../errors.ts";
import { kind, members, oneOf, region, tags } from "../../kind.ts";
import { keyValue, retagged } from "../../requests/tags.ts";
import { securityGroup } from "../network/security-group.ts";
import { subnet } from "../network/subnet.ts";
import { need } from "../shared/lookups.ts";
import { isUsable, takeAddress } from "../shared/subnet-addresses.ts";

const addresses = z.array(z.object({ ip: z.string(), ipId: z.string(), subnetId: z.string() }));
export type ResolverAddress = z.output<typeof addresses>[number];

/** Returns the addresses of an existing endpoint. */
export const resolverAddresses = (outputs: Properties): ResolverAddress[] =>
  addresses.catch([]).parse(outputs.ipAddresses);

export const resolverName = z
  .string()
  .max(64)
  .regex(
    /^(?![0-9]+$)[a-zA-Z0-9\-_' ]+$/,
    "must not be of digits only, and be of letters, digits, - _ ' and space",
  )
  .optional();

const inputs = z.strictObject({
  name: resolverName,
  direction: oneOf(["INBOUND", "OUTBOUND", "INBOUND_DELEGATION"]),
  ipAddresses: z.array(z.strictObject({ subnetId: z.string(), ip: z.ipv4().optional() })).max(10),
  securityGroupIds: z.array(z.string()).min(1),
  protocols: z
    .array(oneOf(["Do53", "DoH", "DoH-FIPS"]))
    .min(1)
    .max(2)
    .default(["Do53"]),
  resolverEndpointType: oneOf(["IPV4"]).default("IPV4"),
  tags,
  region,
});
type Inputs = z.output<typeof inputs>;

/** Returns the subnets of an endpoint's addresses, in one order. */
const subnetsOf = (ipAddresses: unknown): unknown =>
  members(
    z
      .array(z.object({ subnetId: z.unknown() }))
      .catch([])
      .parse(ipAddresses),
  );

/** Returns the addresses that an endpoint gets. Those in subnets that it had (`had`) stay as they are. */
function place(aws: Account, given: Inputs, id?: string, had: readonly ResolverAddress[] = []) {
  if (given.ipAddresses.length < 2)
    // hashicorp/terraform-provider-aws#6563
    throw new AwsError(
      "InvalidRequestException",
      "[RSLVR-00400] Resolver endpoint need to have at least 2 IP addresses.",
      reported("hashicorp/terraform-provider-aws#6563"),
    );
  const asked = new Set<string>();
  return given.ipAddresses.map(({ subnetId, ip }) => {
    const kept = had.find((h) => h.subnetId === subnetId);
    if (kept) return kept;
    const taken = aws.addressesInUse(subnetId, id);
    for (const address of asked) taken.add(address);
    const { cidrBlock } = need(
      aws,
      subnet,
      subnetId,
      new AwsError(
        "InvalidParameterException",
        `The subnet ID '${subnetId}' does not exist`,
        documented("Amazon Route 53 API, CreateResolverEndpoint, errors: InvalidParameterException"),
      ),
    ).inputs;
    if (ip !== undefined) {
      if (!isUsable(cidrBlock, ip))
        throw new AwsError(
          "InvalidRequestException",
          `[RSLVR-00405] IP address '${ip}' is either not in subnet '${subnetId}' CIDR range or is reserved`,
          reported("getmoto/moto, moto/route53resolver/models.py"),
        );
      if (taken.has(ip))
        throw new AwsError(
          "ResourceExistsException",
          `The IP address '${ip}' in subnet '${subnetId}' is already in use`,
          documented("Amazon Route 53 API, CreateResolverEndpoint, errors: ResourceExistsException"),
        );
    }
    const address = ip ?? takeAddress(cidrBlock, taken);
    if (address === undefined)
      throw new AwsError(
        "InvalidRequestException",
        `The subnet '${subnetId}' does not have enough free IP addresses`,
        guessed,
      );
    asked.add(address);
    return { ip: address, ipId: `rni-${aws.ids.hex(17)}`, subnetId };
  });
}

function hostVpc(aws: Account, { ipAddresses, securityGroupIds }: Inputs): string {
  const vpcs = new Set(ipAddresses.map(({ subnetId }) => subnet.get(aws, subnetId)?.inputs.vpcId ?? ""));
  const [vpcId = ""] = vpcs;
  if (vpcs.size > 1)
    throw new AwsError("InvalidParameterException", "All subnets must belong to the same VPC.", guessed);
  for (const id of securityGroupIds) {
    const group = need(
      aws,
      securityGroup,
      id,
      new AwsError(
        "ResourceNotFoundException",
        `The security group '${id}' does not exist`,
        documented("Amazon Route 53 API, CreateResolverEndpoint, errors: ResourceNotFoundException"),
      ),
    );
    if (group.inputs.vpcId !== vpcId)
      throw new AwsError(
        "InvalidParameterException",
        `The security group '${id}' does not belong to the VPC '${vpcId}'`,
        documented("Amazon Route 53 API, CreateResolverEndpoint, errors: ResourceNotFoundException"),
      );
  }
  return vpcId;
}

/** A set on AWS and in the provider, which promises no order: returned in a different one from the inputs'. */
const shown = (placed: readonly ResolverAddress[]) => ({ ipAddresses: placed.toReversed() });

/** The provider makes one up for each resource: the prefix of Terraform's ids, time and a counter. */
export const creatorRequestId = "tf-r53-resolver-20261121120000000000000001";

/** Returns the addresses of `one` in subnets that `other` does not have. */
const differing = (one: Inputs, other: Inputs) =>
  one.ipAddresses.filter((a) => !other.ipAddresses.some((b) => b.subnetId === a.subnetId));

export const resolverEndpoint = kind({
  type: "aws:route53/resolverEndpoint:ResolverEndpoint",
  api: ["Route53Resolver", "ResolverEndpoint"],
  operations: { update: "UpdateResolverEndpoint" },
  autoName: { property: "name", maxLength: 64 },
  inputs,
  // Pulumi's provider tells addresses apart by their subnets alone (patch "Revert Update endpointHashIPAddress" in
  // pulumi/pulumi-aws), so it does not see a new `ip` in the same subnet.
  compares: { ipAddresses: subnetsOf },
  sets: ["securityGroupIds", "protocols"],
  // Its security groups are fixed at creation: CreateResolverEndpoint.
  replaces: ["direction", "securityGroupIds", "region"],
  holds: ["ipAddresses", "securityGroupIds"],
  interfaces: ({ outputs }) =>
    resolverAddresses(outputs).map(({ subnetId, ip }) => ({ subnetId, address: ip })),
  requests: {
    create: {
      CreateResolverEndpoint: (given) => ({
        CreatorRequestId: creatorRequestId,
        Name: given.name,
        Direction: given.direction,
        IpAddresses: given.ipAddresses.map(({ subnetId, ip }) => ({ SubnetId: subnetId, Ip: ip })),
        SecurityGroupIds: given.securityGroupIds,
        Protocols: given.protocols,
        ResolverEndpointType: given.resolverEndpointType,
        Tags: keyValue(given.tags),
      }),
    },
    read: {
      GetResolverEndpoint: (_, { id }) => ({ ResolverEndpointId: id }),
      ListResolverEndpointIpAddresses: (_, { id }) => ({ ResolverEndpointId: id }),
      ListTagsForResource: (_, { outputs }) => ({ ResourceArn: outputs.arn }),
    },
    update: {
      UpdateResolverEndpoint: ({ name, protocols, resolverEndpointType }, { id }) => ({
        ResolverEndpointId: id,
        Name: name,
        Protocols: protocols,
        ResolverEndpointType: resolverEndpointType,
      }),
      AssociateResolverEndpointIpAddress: (given, { id }, before) =>
        differing(given, before).map(({ subnetId, ip }) => ({
          ResolverEndpointId: id,
          IpAddress: { SubnetId: subnetId, Ip: ip },
        })),
      DisassociateResolverEndpointIpAddress: (given, { id, outputs }, before) =>
        differing(before, given).map(({ subnetId }) => ({
          ResolverEndpointId: id,
          IpAddress: { IpId: resolverAddresses(outputs).find((a) => a.subnetId === subnetId)?.ipId },
        })),
      ...retagged.resolver,
    },
    delete: { DeleteResolverEndpoint: (_, { id }) => ({ ResolverEndpointId: id }) },
  },
  create: (aws, given) => {
    const placed = place(aws, given);
    const hostVpcId = hostVpc(aws, given);
    const id = `rslvr-${given.direction === "OUTBOUND" ? "out" : "in"}-${aws.ids.hex(17)}`;
    return {
      id,
      outputs: { arn: aws.arn("route53resolver", `resolver-endpoint/${id}`), hostVpcId, ...shown(placed) },
    };
  },
  update: (aws, { id, outputs }, given) => {
    const placed = place(aws, given, id, resolverAddresses(outputs));
    return { ...outputs, hostVpcId: hostVpc(aws, given), ...shown(placed) };
  },
  delete: (aws, { id }) => {
    const rules = aws.holders(id);
    if (rules.length > 0)
      throw new AwsError(
        "InvalidRequestException",
        `[RSLVR-00600] Cannot delete resolver endpoint unless its related resolver rules are deleted. The following rules still exist for this resolver endpoint: ${rules.map((r) => `"${r.id}"`).join(", ")}`,
        reported("rebuy-de/aws-nuke#586"),
      );
  },
});
