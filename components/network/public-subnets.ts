import { Eip } from "@pulumi/aws/ec2/eip.js";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
import { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
import { Route } from "@pulumi/aws/ec2/route.js";
import { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
import type { Subnet } from "@pulumi/aws/ec2/subnet.js";
import type { Vpc } from "@pulumi/aws/ec2/vpc.js";
import type * as pulumi from "@pulumi/pulumi";
import { onceThere } from "../shared/once-there.ts";
import { tags } from "../shared/tags.ts";

/**
 * Gives public subnets one route table with a route to the internet, and private ones NAT gateways. A subnet's id in the
 * result waits for its route: AWS takes no internet-facing load balancer before, and keeps the internet gateway after it,
 * while an address of the VPC is mapped.
 */
export function publicSubnets(
  name: string,
  nat: "none" | "single" | "per-zone",
  vpc: Vpc,
  zones: readonly {
    readonly zone: string;
    readonly publicSubnet: Subnet;
    /** The route table of the private subnet. */
    readonly privateTable: RouteTable;
  }[],
  parent: pulumi.Resource,
): {
  readonly subnetIds: pulumi.Output<string>[];
  readonly routeTableId: pulumi.Output<string>;
  /** The route to the internet, and what gives it to the subnets. */
  readonly routing: readonly pulumi.Resource[];
} {
  const child = { parent };
  const internetGateway = new InternetGateway(
    `${name}-internet`,
    { vpcId: vpc.id, tags: tags(`${name}-internet`) },
    // The provider would move it to another VPC, which AWS refuses while an address of the former one is mapped.
    { ...child, replacementTrigger: vpc.id },
  );
  const publicTable = new RouteTable(
    `${name}-public`,
    { vpcId: vpc.id, tags: tags(`${name}-public`) },
    child,
  );
  const everywhere = { destinationCidrBlock: "0.0.0.0/0" };
  const internetRoute = new Route(
    `${name}-public-internet`,
    { routeTableId: publicTable.id, ...everywhere, gatewayId: internetGateway.id },
    child,
  );
  const subnets = zones.map(({ zone, publicSubnet }) => {
    const association = new RouteTableAssociation(
      `${name}-public-${zone}`,
      { subnetId: publicSubnet.id, routeTableId: publicTable.id },
      child,
    );
    return { association, id: onceThere(publicSubnet.id, [internetRoute.id, association.id]) };
  });

  let gateway: NatGateway | undefined;
  for (const { zone, publicSubnet, privateTable } of nat === "none" ? [] : zones) {
    if (nat === "per-zone" || !gateway) {
      const role = `${name}-nat-${zone}`;
      const address = new Eip(
        role,
        { domain: "vpc", tags: tags(role) },
        { ...child, dependsOn: internetGateway },
      );
      gateway = new NatGateway(
        role,
        { subnetId: publicSubnet.id, allocationId: address.id, connectivityType: "public", tags: tags(role) },
        // A NAT gateway needs the internet gateway and its route, which none of its arguments names.
        { ...child, dependsOn: internetRoute },
      );
    }
    new Route(
      `${name}-private-${zone}-internet`,
      { routeTableId: privateTable.id, ...everywhere, natGatewayId: gateway.id },
      child,
    );
  }
  return {
    subnetIds: subnets.map(({ id }) => id),
    routeTableId: publicTable.id,
    routing: [internetRoute, ...subnets.map(({ association }) => association)],
  };
}
