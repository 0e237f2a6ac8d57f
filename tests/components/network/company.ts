/** A VPC that a company has already: subnets, a route table each for private and public ones, and an S3 endpoint. */

import type { Properties } from "../../../lab/aws/account.ts";
import type { Aws } from "../../../lab/aws/aws.ts";

export interface Company {
  readonly vpcId: string;
  readonly privateSubnetIds: Readonly<Record<"us-east-1a" | "us-east-1b", string>>;
  readonly publicSubnetIds: Readonly<Record<"us-east-1a" | "us-east-1b", string>>;
  readonly routeTableIds: Readonly<Record<"private" | "public", string>>;
  readonly s3EndpointId: string;
}

export const range = "10.1.0.0/16";

/** Creates a resource as its owner would, outside of any stack. */
export function make(aws: Aws, type: string, inputs: Properties): string {
  return aws.create(`aws:${type}`, inputs).id;
}

/** @param more inputs of the VPC */
export function company(aws: Aws, more: Properties = {}): Company {
  const vpcId = make(aws, "ec2/vpc:Vpc", { cidrBlock: range, enableDnsHostnames: true, ...more });
  const subnet = (letter: string, third: number) =>
    make(aws, "ec2/subnet:Subnet", {
      vpcId,
      cidrBlock: `10.1.${third}.0/24`,
      availabilityZone: `us-east-1${letter}`,
    });
  const privateSubnetIds = { "us-east-1a": subnet("a", 1), "us-east-1b": subnet("b", 2) };
  const publicSubnetIds = { "us-east-1a": subnet("a", 3), "us-east-1b": subnet("b", 4) };
  const table = (subnets: Readonly<Record<string, string>>) => {
    const routeTableId = make(aws, "ec2/routeTable:RouteTable", { vpcId });
    for (const subnetId of Object.values(subnets))
      make(aws, "ec2/routeTableAssociation:RouteTableAssociation", { routeTableId, subnetId });
    return routeTableId;
  };
  const routeTableIds = { private: table(privateSubnetIds), public: table(publicSubnetIds) };
  make(aws, "ec2/route:Route", {
    routeTableId: routeTableIds.public,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: make(aws, "ec2/internetGateway:InternetGateway", { vpcId }),
  });
  const s3EndpointId = make(aws, "ec2/vpcEndpoint:VpcEndpoint", {
    vpcId,
    serviceName: "com.amazonaws.us-east-1.s3",
    routeTableIds: [routeTableIds.private],
  });
  return { vpcId, privateSubnetIds, publicSubnetIds, routeTableIds, s3EndpointId };
}
