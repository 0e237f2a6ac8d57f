import { getRouteTable } from "@pulumi/aws/ec2/getRouteTable.js";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet.js";
import { getVpc } from "@pulumi/aws/ec2/getVpc.js";
import { getVpcEndpoint } from "@pulumi/aws/ec2/getVpcEndpoint.js";
import type * as pulumi from "@pulumi/pulumi";
import type {
  FoundEndpoint,
  FoundNetwork,
  FoundRouteTable,
  FoundSubnet,
  WantedNetwork,
} from "../../../limits/network/existing.ts";
import { unlessAbsent } from "../../shared/absent.ts";

/**
 * Asks AWS what the VPC and its parts are.
 *
 * @param from whose provider is asked; default: the program's own
 */
export async function lookUpNetwork(
  region: string,
  existing: WantedNetwork["existing"],
  from: pulumi.InvokeOptions = {},
): Promise<FoundNetwork> {
  const { vpcId, s3EndpointId } = existing;
  const subnetIds = unique(existing.privateSubnetIds, existing.publicSubnetIds);
  const [vpc, subnets, s3Endpoint] = await Promise.all([
    unlessAbsent(() => getVpc({ id: vpcId }, from)),
    byId(subnetIds, (id) => lookUpSubnet(id, from)),
    s3EndpointId === undefined ? undefined : lookUpEndpoint(s3EndpointId, from),
  ]);
  const tablesOfSubnets = Object.values(subnets).flatMap((subnet) => subnet?.routeTableId ?? []);
  const tableIds = [...new Set([...unique(existing.routeTableIds), ...tablesOfSubnets])];
  const routeTables = await byId(tableIds, (id) => lookUpRouteTable(id, from));
  return {
    region,
    vpc: vpc && {
      cidr: vpc.cidrBlock,
      secondaryCidrs: vpc.cidrBlockAssociations
        .filter(({ cidrBlock, state }) => state === "associated" && cidrBlock !== vpc.cidrBlock)
        .map(({ cidrBlock }) => cidrBlock),
      dnsSupport: vpc.enableDnsSupport,
      dnsHostnames: vpc.enableDnsHostnames,
    },
    subnets,
    routeTables,
    s3Endpoint,
  };
}

type From = pulumi.InvokeOptions;

async function lookUpSubnet(id: string, from: From): Promise<FoundSubnet | undefined> {
  const [subnet, table] = await Promise.all([
    unlessAbsent(() => getSubnet({ id }, from)),
    // AWS knows a subnet's table only if it is not the VPC's main one.
    unlessAbsent(() => getRouteTable({ subnetId: id }, from)),
  ]);
  return (
    subnet && {
      vpcId: subnet.vpcId,
      zone: subnet.availabilityZone,
      cidr: subnet.cidrBlock,
      routeTableId: table?.routeTableId,
    }
  );
}

async function lookUpRouteTable(routeTableId: string, from: From): Promise<FoundRouteTable | undefined> {
  const table = await unlessAbsent(() => getRouteTable({ routeTableId }, from));
  return (
    table && {
      vpcId: table.vpcId,
      isMain: table.associations.some(({ main }) => main),
      hasInternet: table.routes.some(({ gatewayId }) => gatewayId?.startsWith("igw-")),
    }
  );
}

async function lookUpEndpoint(id: string, from: From): Promise<FoundEndpoint | undefined> {
  const endpoint = await unlessAbsent(() => getVpcEndpoint({ id }, from));
  return (
    endpoint && {
      vpcId: endpoint.vpcId,
      serviceName: endpoint.serviceName,
      type: endpoint.vpcEndpointType,
    }
  );
}

function unique(...records: readonly Readonly<Record<string, string>>[]): readonly string[] {
  return [...new Set(records.flatMap((record) => Object.values(record)))];
}

async function byId<T>(
  ids: readonly string[],
  lookUp: (id: string) => Promise<T>,
): Promise<Readonly<Record<string, T>>> {
  return Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await lookUp(id)] as const)));
}
