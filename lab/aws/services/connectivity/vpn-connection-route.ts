/** EC2: static routes of a VPN connection. API reference: CreateVpnConnectionRoute. */
import { z } from "zod";
import { AwsError, guessed } from "../../errors.ts";
import { cidrBlock, kind, region } from "../../kind.ts";
import { need } from "../shared/lookups.ts";
import { vpnConnection } from "./vpn-connection.ts";

export const vpnConnectionRoute = kind({
  type: "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
  api: ["EC2", "VpnConnectionRoute"],
  inputs: z.strictObject({ vpnConnectionId: z.string(), destinationCidrBlock: cidrBlock, region }),
  replaces: ["vpnConnectionId", "destinationCidrBlock", "region"],
  create: (aws, { vpnConnectionId, destinationCidrBlock }) => {
    const connection = need(
      aws,
      vpnConnection,
      vpnConnectionId,
      new AwsError(
        "InvalidVpnConnectionID.NotFound",
        `The vpnConnection ID '${vpnConnectionId}' does not exist`,
        guessed,
      ),
    );
    if (!connection.inputs.staticRoutesOnly)
      throw new AwsError(
        "IncorrectState",
        `The vpnConnection '${vpnConnectionId}' does not support static routes.`,
        guessed,
      );
    return { id: `${destinationCidrBlock}:${vpnConnectionId}` };
  },
});
