/** The parts of a VPC as data sources of the provider: DescribeVpcs, DescribeSubnets, DescribeRouteTables. */
import { z } from "zod";
import type { Account, Properties } from "../../account.ts";
import { dataSource } from "../../data-source.ts";
import { text } from "../shared/lookups.ts";
import { route } from "./route.ts";
import { routeTable, routeTableAssociation } from "./route-table.ts";
import { subnet } from "./subnet.ts";
import { vpc } from "./vpc.ts";
import { vpcCidrAssociation } from "./vpc-cidr-association.ts";

/** The provider's own words. */
const none = (what: string) => new Error(`no matching ${what} found`);

export const getVpc = dataSource("aws:ec2/getVpc:getVpc", (aws, args) => {
  const { id } = z.strictObject({ id: z.string() }).parse(args);
  const found = vpc.get(aws, id);
  if (!found) throw none("EC2 VPC");
  const { cidrBlock, instanceTenancy, tags = {}, ...attributes } = found.inputs;
  const further = vpcCidrAssociation.all(aws).filter(({ inputs }) => inputs.vpcId === id);
  const ranges = [
    { associationId: `vpc-cidr-assoc-${id.slice(4)}`, cidrBlock },
    ...further.map((one) => ({ associationId: one.id, cidrBlock: one.inputs.cidrBlock ?? "" })),
  ];
  return {
    id,
    arn: found.outputs.arn,
    cidrBlock,
    cidrBlockAssociations: ranges.map((range) => ({ ...range, state: "associated" })),
    default: false,
    dhcpOptionsId: found.outputs.dhcpOptionsId,
    enableDnsHostnames: attributes.enableDnsHostnames,
    enableDnsSupport: attributes.enableDnsSupport,
    enableNetworkAddressUsageMetrics: attributes.enableNetworkAddressUsageMetrics,
    instanceTenancy,
    ipv6AssociationId: "",
    ipv6CidrBlock: "",
    mainRouteTableId: found.outputs.mainRouteTableId,
    ownerId: aws.account,
    region: aws.region,
    state: "available",
    tags,
  };
});

export const getSubnet = dataSource("aws:ec2/getSubnet:getSubnet", (aws, args) => {
  const { id } = z.strictObject({ id: z.string() }).parse(args);
  const found = subnet.get(aws, id);
  if (!found) throw none("EC2 Subnet");
  const { vpcId, cidrBlock, mapPublicIpOnLaunch, tags = {} } = found.inputs;
  return {
    id,
    arn: found.outputs.arn,
    availabilityZone: found.outputs.availabilityZone,
    availabilityZoneId: found.outputs.availabilityZoneId,
    cidrBlock,
    mapPublicIpOnLaunch,
    ownerId: aws.account,
    region: aws.region,
    state: "available",
    tags,
    vpcId,
  };
});

export const getRouteTable = dataSource("aws:ec2/getRouteTable:getRouteTable", (aws, args) => {
  const asked = z
    .strictObject({ routeTableId: z.string().optional(), subnetId: z.string().optional() })
    .parse(args);
  const ofSubnet = routeTableAssociation.all(aws).find(({ inputs }) => inputs.subnetId === asked.subnetId);
  // AWS lists no association for a subnet that has the VPC's main table.
  const id = asked.routeTableId ?? ofSubnet?.inputs.routeTableId ?? "";
  const main = vpc.all(aws).find((one) => text(one, "mainRouteTableId") === id);
  const vpcId = main?.id ?? routeTable.get(aws, id)?.inputs.vpcId;
  if (vpcId === undefined)
    throw new Error("query returned no results. Please change your search criteria and try again");
  return {
    ...asked,
    id,
    arn: aws.arn("ec2", `route-table/${id}`),
    associations: associationsOf(aws, id, main !== undefined),
    ownerId: aws.account,
    region: aws.region,
    routeTableId: id,
    routes: routesOf(aws, id),
    tags: routeTable.get(aws, id)?.inputs.tags ?? {},
    vpcId,
  };
});

function associationsOf(aws: Account, id: string, isMain: boolean): readonly Properties[] {
  const own = routeTableAssociation.all(aws).filter(({ inputs }) => inputs.routeTableId === id);
  return [
    ...(isMain
      ? [
          {
            routeTableAssociationId: `rtbassoc-${id.slice(4)}`,
            routeTableId: id,
            main: true,
            subnetId: "",
            gatewayId: "",
          },
        ]
      : []),
    ...own.map((one) => ({
      routeTableAssociationId: one.id,
      routeTableId: id,
      main: false,
      subnetId: one.inputs.subnetId ?? "",
      gatewayId: one.inputs.gatewayId ?? "",
    })),
  ];
}

/** Without the local route, propagated ones and those of gateway endpoints, which the provider leaves out. */
function routesOf(aws: Account, id: string): readonly Properties[] {
  return route
    .all(aws)
    .filter(({ inputs }) => inputs.routeTableId === id)
    .map(({ inputs }) => ({
      cidrBlock: inputs.destinationCidrBlock,
      gatewayId: inputs.gatewayId ?? "",
      natGatewayId: inputs.natGatewayId ?? "",
      transitGatewayId: inputs.transitGatewayId ?? "",
      vpcEndpointId: inputs.vpcEndpointId ?? "",
      networkInterfaceId: inputs.networkInterfaceId ?? "",
    }));
}
