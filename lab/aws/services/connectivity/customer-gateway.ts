/** EC2: customer gateways. API reference: CreateCustomerGateway. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { type Created, kind, oneOf, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { rejectWhileHeld } from "../shared/lookups.ts";

/**
 * Whether an address is not routable on the internet, which no customer gateway's may be (AWS: "Value (…) for parameter
 * publicIp is invalid").
 */
const isPrivate = (address: string) =>
  /^(10|127|0)\.|^172\.(1[6-9]|2\d|3[01])\.|^192\.168\.|^169\.254\.|^(22[4-9]|2[3-5]\d)\./.test(address);

/** Numbers of four bytes have a member of their own. */
function asn(number: string | undefined) {
  const value = number === undefined ? undefined : Number(number);
  return value !== undefined && value > 2 ** 31 - 1 ? { BgpAsnExtended: value } : { BgpAsn: value };
}

export const customerGateway = kind({
  type: "aws:ec2/customerGateway:CustomerGateway",
  api: ["EC2", "CustomerGateway"],
  inputs: z.strictObject({
    type: oneOf(["ipsec.1"]),
    bgpAsn: z
      .string()
      .regex(/^\d{1,10}$/)
      .optional(),
    ipAddress: z.ipv4("expected an IPv4 address").optional(),
    certificateArn: z.string().optional(),
    deviceName: z.string().min(1).max(255).optional(),
    tags,
    region,
  }),
  replaces: ["type", "bgpAsn", "ipAddress", "certificateArn", "deviceName", "region"],
  readsBack: { bgpAsn: "65000" },
  requests: {
    create: {
      CreateCustomerGateway: (given) => ({
        Type: given.type,
        ...asn(given.bgpAsn),
        IpAddress: given.ipAddress,
        CertificateArn: given.certificateArn,
        DeviceName: given.deviceName,
        TagSpecifications: tagSpecifications("customer-gateway", given.tags),
      }),
    },
    read: { DescribeCustomerGateways: (_, { id }) => ({ CustomerGatewayIds: [id] }) },
    update: { ...retagged.ec2 },
    delete: { DeleteCustomerGateway: (_, { id }) => ({ CustomerGatewayId: id }) },
  },
  create: (aws, given): Created => {
    const { ipAddress, certificateArn, bgpAsn = "65000" } = given;
    if (ipAddress === undefined && certificateArn === undefined)
      throw new AwsError(
        "MissingParameter",
        "The request must contain the parameter IpAddress or CertificateArn",
        documented("Amazon EC2 API, CreateCustomerGateway: IpAddress, CertificateArn"),
      );
    if (ipAddress !== undefined && isPrivate(ipAddress))
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${ipAddress}) for parameter publicIp is invalid.`,
        documented("Amazon EC2 API, CreateCustomerGateway: IpAddress"),
      );
    // AWS answers an identical request with the existing gateway; two resources of the provider then own it. Amazon EC2 API,
    // CreateCustomerGateway: only another device name makes another gateway of one type, address and number.
    const isSame = (other: typeof given) =>
      other.type === given.type &&
      other.ipAddress === ipAddress &&
      other.certificateArn === certificateArn &&
      other.deviceName === given.deviceName &&
      (other.bgpAsn ?? "65000") === bgpAsn;
    const twin = customerGateway.all(aws).find(({ inputs }) => isSame(inputs));
    const id = twin?.id ?? aws.ids.resource("cgw");
    return { id, outputs: { arn: aws.arn("ec2", `customer-gateway/${id}`) } };
  },
  delete: (aws, { id }) =>
    rejectWhileHeld(
      aws,
      id,
      new AwsError(
        "IncorrectState",
        "The customer gateway is in use.",
        reported("terraform-aws-modules/terraform-aws-vpn-gateway#69"),
      ),
    ),
});
