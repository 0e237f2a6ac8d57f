import { Eip } from "@pulumi/aws/ec2/eip.js";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
import { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
import { Route } from "@pulumi/aws/ec2/route.js";
import { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
import type { Subnet } from "@pulumi/aws/ec2/subnet.js";
import type { Vpc } from "@pulumi/aws/ec2/vpc.js";
import type * as pulumi from "@pulumi/pulumi";
import { tags } from "../shared/tags.ts";

/** Public subnets with one route table, and NAT gateways for the private ones. */
export function publicSubnets(
  name: string,
  nat: "none" | "single" | "per-zone",
  vpc: Vpc,
  zones: readonly {
    readonly zone: string;
    /** The zone's public subnet. */
    readonly home: Subnet;
    /** The table of its private subnet. */
    readonly table: RouteTable;
  }[],
  parent: pulumi.Resource,
): { readonly subnetIds: pulumi.Output<string>[]; readonly routeTableId: pulumi.Output<string> } {
  const child = { parent };
  const internet = new InternetGateway(
    `${name}-internet`,
    { vpcId: vpc.id, tags: tags(`${name}-internet`) },
    child,
  );
  const open = new RouteTable(`${name}-public`, { vpcId: vpc.id, tags: tags(`${name}-public`) }, child);
  const everywhere = { destinationCidrBlock: "0.0.0.0/0" };
  const out = new Route(
    `${name}-public-internet`,
    { routeTableId: open.id, ...everywhere, gatewayId: internet.id },
    child,
  );
  for (const { zone, home } of zones) {
    const role = `${name}-public-${zone}`;
    new RouteTableAssociation(role, { subnetId: home.id, routeTableId: open.id }, child);
  }

  let gateway: NatGateway | undefined;
  for (const { zone, home, table } of nat === "none" ? [] : zones) {
    if (nat === "per-zone" || !gateway) {
      const role = `${name}-nat-${zone}`;
      const address = new Eip(role, { domain: "vpc", tags: tags(role) }, { ...child, dependsOn: internet });
      gateway = new NatGateway(
        role,
        { subnetId: home.id, allocationId: address.id, connectivityType: "public", tags: tags(role) },
        // AWS: a NAT gateway needs the internet gateway and its route, which no argument of it names.
        { ...child, dependsOn: out },
      );
    }
    new Route(
      `${name}-private-${zone}-internet`,
      { routeTableId: table.id, ...everywhere, natGatewayId: gateway.id },
      child,
    );
  }
  return { subnetIds: zones.map(({ home }) => home.id), routeTableId: open.id };
}
