/** VPN gateways and connections as data sources of the provider: DescribeVpnGateways, DescribeVpnConnections. */
import { z } from "zod";
import type { Account } from "../../account.ts";
import { dataSource } from "../../data-source.ts";
import { vpnConnection } from "./vpn-connection.ts";
import { vpnConnectionRoute } from "./vpn-connection-route.ts";
import { vpnGateway } from "./vpn-gateway.ts";

/** The one that matches, in the provider's own words if there is none, or more. */
function only<T>(what: string, [first, ...others]: readonly T[]): T {
  if (first === undefined) throw new Error(`no matching ${what} found`);
  if (others.length > 0)
    throw new Error(
      `multiple ${what}s matched; use additional constraints to reduce matches to a single ${what}`,
    );
  return first;
}

export const getVpnGateway = dataSource("aws:ec2/getVpnGateway:getVpnGateway", (aws, args) => {
  const { id, attachedVpcId } = z
    .strictObject({ id: z.string().optional(), attachedVpcId: z.string().optional() })
    .parse(args);
  const matching = vpnGateway
    .all(aws)
    .filter(
      (one) =>
        (id === undefined || one.id === id) &&
        (attachedVpcId === undefined || one.inputs.vpcId === attachedVpcId),
    );
  const found = only("EC2 VPN Gateway", matching);
  return {
    id: found.id,
    amazonSideAsn: found.outputs.amazonSideAsn,
    arn: found.outputs.arn,
    attachedVpcId: found.inputs.vpcId ?? "",
    availabilityZone: found.inputs.availabilityZone ?? "",
    region: aws.region,
    state: "available",
    tags: found.inputs.tags ?? {},
  };
});

const filters = z.array(z.strictObject({ name: z.string(), values: z.array(z.string()) }));

/** Amazon EC2 API, Filter: `*` matches zero or more characters, `?` zero or one. */
const isMatch = (pattern: string, value: string) =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".?")}$`,
  ).test(value);

const routesOf = (aws: Account, id: string) =>
  vpnConnectionRoute
    .all(aws)
    .filter(({ inputs }) => inputs.vpnConnectionId === id)
    .map(({ inputs }) => inputs.destinationCidrBlock);

export const getVpnConnection = dataSource("aws:ec2/getVpnConnection:getVpnConnection", (aws, args) => {
  const asked = z
    .strictObject({ vpnConnectionId: z.string().optional(), filters: filters.default([]) })
    .parse(args);
  const valuesOf = (
    one: { id: string; inputs: { vpnGatewayId: string } },
    name: string,
  ): readonly string[] => {
    switch (name) {
      case "vpn-gateway-id":
        return [one.inputs.vpnGatewayId];
      case "route.destination-cidr-block":
        return routesOf(aws, one.id);
      case "state":
        return ["available"];
      default:
        throw new Error(`InvalidParameterValue: The filter '${name}' is invalid`);
    }
  };
  const matching = vpnConnection
    .all(aws)
    .filter(({ id }) => asked.vpnConnectionId === undefined || id === asked.vpnConnectionId)
    .filter((one) =>
      asked.filters.every(({ name, values }) =>
        valuesOf(one, name).some((value) => values.some((pattern) => isMatch(pattern, value))),
      ),
    );
  const { id, inputs } = only("EC2 VPN Connection", matching);
  return {
    id,
    customerGatewayId: inputs.customerGatewayId,
    region: aws.region,
    routes: routesOf(aws, id).map((destinationCidrBlock) => ({
      destinationCidrBlock,
      source: "Static",
      state: "available",
    })),
    state: "available",
    tags: inputs.tags ?? {},
    type: inputs.type,
    vpnConnectionId: id,
    vpnGatewayId: inputs.vpnGatewayId,
  };
});
