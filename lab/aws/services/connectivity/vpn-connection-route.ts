/** EC2: static routes of a VPN connection. API reference: CreateVpnConnectionRoute. */
import { z } from "zod";
import { AwsError, documented } from "../../errors.ts";
import { cidrBlock, kind, region } from "../../kind.ts";
import { filters } from "../shared/filters.ts";
import { need } from "../shared/lookups.ts";
import { vpnConnection } from "./vpn-connection.ts";

const routed = (given: { vpnConnectionId: string; destinationCidrBlock: string }) => ({
  VpnConnectionId: given.vpnConnectionId,
  DestinationCidrBlock: given.destinationCidrBlock,
});

export const vpnConnectionRoute = kind({
  type: "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
  api: ["EC2", "VpnConnectionRoute"],
  inputs: z.strictObject({ vpnConnectionId: z.string(), destinationCidrBlock: cidrBlock, region }),
  replaces: ["vpnConnectionId", "destinationCidrBlock", "region"],
  requests: {
    create: { CreateVpnConnectionRoute: routed },
    read: {
      DescribeVpnConnections: ({ vpnConnectionId, destinationCidrBlock }) => ({
        Filters: filters({
          "route.destination-cidr-block": destinationCidrBlock,
          "vpn-connection-id": vpnConnectionId,
        }),
      }),
    },
    delete: { DeleteVpnConnectionRoute: routed },
  },
  create: (aws, { vpnConnectionId, destinationCidrBlock }) => {
    const connection = need(
      aws,
      vpnConnection,
      vpnConnectionId,
      new AwsError(
        "InvalidVpnConnectionID.NotFound",
        `The vpnConnection ID '${vpnConnectionId}' does not exist`,
        documented("Amazon EC2 API, error codes: InvalidVpnConnectionID.NotFound"),
      ),
    );
    if (!connection.inputs.staticRoutesOnly)
      throw new AwsError(
        "InvalidVpnConnection.InvalidType",
        `The vpnConnection '${vpnConnectionId}' does not support static routes.`,
        documented("Amazon EC2 API, error codes: InvalidVpnConnection.InvalidType"),
      );
    return { id: `${destinationCidrBlock}:${vpnConnectionId}` };
  },
});
