/** EC2: the Site-to-Site VPN connection. API reference: CreateVpnConnection, ModifyVpnTunnelOptions. */
import { z } from "zod";
import type { Account, Properties, Resource } from "../../account.ts";
import { AwsError, documented } from "../../errors.ts";
import { cidrBlock, type Kind, kind, oneOf, region, tags } from "../../kind.ts";
import { retagged, tagSpecifications } from "../../requests/tags.ts";
import { need, text } from "../shared/lookups.ts";
import { addressAt } from "../shared/ranges.ts";
import { customerGateway } from "./customer-gateway.ts";
import { checkTunnel, reservedInsideCidrs, type TunnelOptions, tunnelOptions } from "./tunnel-options.ts";
import { tunnelSpecification } from "./tunnel-requests.ts";
import { vpnGateway } from "./vpn-gateway.ts";

export const tunnelNumbers = [1, 2] as const;
export type TunnelNumber = (typeof tunnelNumbers)[number];

/**
 * The networks of the simulated VPN endpoints (TEST-NET-3), one per tunnel. A connection gets one address from each.
 */
const outsideNetworks = { 1: "203.0.113.16/28", 2: "203.0.113.32/28" } as const;

function freeOutsideAddress(aws: Account, n: TunnelNumber): string {
  const taken = vpnConnection.all(aws).map((c) => text(c, `tunnel${n}Address`));
  let index = 1;
  while (taken.includes(addressAt(outsideNetworks[n], index))) index++;
  return addressAt(outsideNetworks[n], index);
}

type Prefixed<N extends number> = {
  [K in keyof typeof tunnelOptions.shape &
    string as `tunnel${N}${Capitalize<K>}`]: (typeof tunnelOptions.shape)[K];
};

/** Returns the name of a tunnel's option in Pulumi's schema: `insideCidr` of tunnel 1 is `tunnel1InsideCidr`. */
const field = (n: number, option: string) => `tunnel${n}${option.charAt(0).toUpperCase()}${option.slice(1)}`;
const prefixed = <N extends number>(n: N) =>
  Object.fromEntries(
    Object.entries(tunnelOptions.shape).map(([option, schema]) => [field(n, option), schema]),
  ) as Prefixed<N>;

const inputs = z.strictObject({
  customerGatewayId: z.string(),
  vpnGatewayId: z.string(),
  type: oneOf(["ipsec.1"]),
  staticRoutesOnly: z.boolean().default(false),
  enableAcceleration: z.boolean().default(false),
  localIpv4NetworkCidr: cidrBlock.optional(),
  remoteIpv4NetworkCidr: cidrBlock.optional(),
  presharedKeyStorage: oneOf(["Standard", "SecretsManager"]).optional(),
  tunnelBandwidth: oneOf(["standard", "large"]).optional(),
  tunnelInsideIpVersion: oneOf(["ipv4"]).default("ipv4"),
  ...prefixed(1),
  ...prefixed(2),
  tags,
  region,
});
type Inputs = z.output<typeof inputs>;

/** Returns the options of one tunnel, without its number in their names. */
export const optionsOf = (given: Properties, n: TunnelNumber): TunnelOptions =>
  tunnelOptions.parse(
    Object.fromEntries(Object.keys(tunnelOptions.shape).map((option) => [option, given[field(n, option)]])),
  );

/** Returns a free /30, as AWS picks one. */
function freeInsideCidr(aws: Account, taken: ReadonlySet<string>): string {
  for (;;) {
    const third = Number.parseInt(aws.ids.hex(2), 16);
    const candidate = `169.254.${third}.${(Number.parseInt(aws.ids.hex(2), 16) >> 2) << 2}/30`;
    if (!taken.has(candidate) && !reservedInsideCidrs.includes(candidate)) return candidate;
  }
}

const keyAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz123456789._";

const configuration = (id: string, given: Inputs, outputs: Properties): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<vpn_connection id="${id}">`,
    `  <customer_gateway_id>${given.customerGatewayId}</customer_gateway_id>`,
    `  <vpn_gateway_id>${given.vpnGatewayId}</vpn_gateway_id>`,
    "  <vpn_connection_type>ipsec.1</vpn_connection_type>",
    ...tunnelNumbers.flatMap((n) => [
      "  <ipsec_tunnel>",
      `    <vpn_gateway><tunnel_outside_address><ip_address>${outputs[field(n, "address")]}</ip_address></tunnel_outside_address></vpn_gateway>`,
      `    <ike><pre_shared_key>${outputs[field(n, "presharedKey")]}</pre_shared_key></ike>`,
      "  </ipsec_tunnel>",
    ]),
    "</vpn_connection>",
    "",
  ].join("\n");

/** Refuses, or fills in what AWS decides. `before`: the outputs that an update keeps. */
function settle(aws: Account, id: string, given: Inputs, before: Properties = {}): Properties {
  const others = vpnConnection
    .all(aws)
    .filter((c) => c.id !== id && c.inputs.vpnGatewayId === given.vpnGatewayId);
  const taken = new Set(others.flatMap((c) => tunnelNumbers.map((n) => text(c, field(n, "insideCidr")))));
  const outputs: Record<string, unknown> = {};
  for (const n of tunnelNumbers) {
    const options = optionsOf(given, n);
    checkTunnel(options);
    const kept = before[field(n, "insideCidr")];
    const insideCidr = options.insideCidr ?? (typeof kept === "string" ? kept : freeInsideCidr(aws, taken));
    if (taken.has(insideCidr))
      throw new AwsError(
        "InvalidCidr.InUse",
        `The TunnelInsideCidr ${insideCidr} is already in use by another tunnel of VPN gateway ${given.vpnGatewayId}. It must be unique.`,
        documented("Amazon EC2 API, error codes: InvalidCidr.InUse"),
      );
    taken.add(insideCidr);
    Object.assign(outputs, {
      [field(n, "address")]: before[field(n, "address")] ?? freeOutsideAddress(aws, n),
      [field(n, "insideCidr")]: insideCidr,
      [field(n, "vgwInsideAddress")]: addressAt(insideCidr, 1),
      [field(n, "cgwInsideAddress")]: addressAt(insideCidr, 2),
      [field(n, "presharedKey")]:
        options.presharedKey ??
        before[field(n, "presharedKey")] ??
        aws.ids.text(1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") + aws.ids.text(31, keyAlphabet),
      [field(n, "bgpAsn")]: "64512",
      [field(n, "bgpHoldtime")]: 30,
    });
  }
  return {
    ...outputs,
    arn: aws.arn("ec2", `vpn-connection/${id}`),
    customerGatewayConfiguration: configuration(id, given, outputs),
    presharedKeyStorage: given.presharedKeyStorage ?? "Standard",
    localIpv4NetworkCidr: given.localIpv4NetworkCidr ?? "0.0.0.0/0",
    remoteIpv4NetworkCidr: given.remoteIpv4NetworkCidr ?? "0.0.0.0/0",
    outsideIpAddressType: "PublicIpv4",
  };
}

function checkEnds(aws: Account, given: Inputs): void {
  const { customerGatewayId: customer, vpnGatewayId: gateway } = given;
  need(
    aws,
    customerGateway,
    customer,
    new AwsError(
      "InvalidCustomerGatewayID.NotFound",
      `The customerGateway ID '${customer}' does not exist`,
      documented("Amazon EC2 API, error codes: InvalidCustomerGatewayID.NotFound"),
    ),
  );
  need(
    aws,
    vpnGateway,
    gateway,
    new AwsError(
      "InvalidVpnGatewayID.NotFound",
      `The vpnGateway ID '${gateway}' does not exist`,
      documented("Amazon EC2 API, error codes: InvalidVpnGatewayID.NotFound"),
    ),
  );
  if (given.enableAcceleration)
    throw new AwsError(
      "InvalidParameterCombination",
      "Acceleration is not supported for VPN connections on a virtual private gateway.",
      documented("AWS Site-to-Site VPN user guide, Accelerated Site-to-Site VPN connections"),
    );
  if (given.tunnelBandwidth === "large")
    throw new AwsError(
      "InvalidParameterCombination",
      "Large tunnel bandwidth is not supported for VPN connections on a virtual private gateway.",
      documented("aws/agent-toolkit-for-aws: TunnelBandwidth large needs a transit gateway or Cloud WAN"),
    );
}

/** Returns the tunnels and routes as DescribeVpnConnections reports them right now. */
function read(aws: Account, connection: Resource<unknown>): Properties {
  const routes = aws.resources().filter(({ inputs }) => inputs.vpnConnectionId === connection.id);
  return {
    vgwTelemetries: tunnelNumbers.map((n) => {
      const outsideIpAddress = text(connection, field(n, "address"));
      const seen = aws.runtime.tunnels[outsideIpAddress];
      return {
        outsideIpAddress,
        status: seen?.up ? "UP" : "DOWN",
        statusMessage: seen?.statusMessage ?? "IPSEC IS DOWN",
        acceptedRouteCount: seen?.up ? routes.length : 0,
        lastStatusChange: seen?.since ?? aws.now().toISOString(),
        certificateArn: "",
      };
    }),
    routes: routes.map(({ inputs: { destinationCidrBlock } }) => ({
      destinationCidrBlock,
      source: "Static",
      state: "available",
    })),
  };
}

export const vpnConnection: Kind<Inputs> = kind({
  type: "aws:ec2/vpnConnection:VpnConnection",
  api: ["EC2", "VpnConnection"],
  operations: { update: "ModifyVpnTunnelOptions" },
  inputs,
  replaces: [
    "type",
    "staticRoutesOnly",
    "enableAcceleration",
    "tunnelInsideIpVersion",
    "presharedKeyStorage",
    "tunnelBandwidth",
    "region",
  ],
  sets: tunnelNumbers.flatMap((n) => [
    `tunnel${n}IkeVersions` as const,
    `tunnel${n}Phase1DhGroupNumbers` as const,
    `tunnel${n}Phase1EncryptionAlgorithms` as const,
    `tunnel${n}Phase1IntegrityAlgorithms` as const,
    `tunnel${n}Phase2DhGroupNumbers` as const,
    `tunnel${n}Phase2EncryptionAlgorithms` as const,
    `tunnel${n}Phase2IntegrityAlgorithms` as const,
  ]),
  holds: ["customerGatewayId", "vpnGatewayId"],
  secrets: ["customerGatewayConfiguration", "tunnel1PresharedKey", "tunnel2PresharedKey"],
  requests: {
    create: {
      CreateVpnConnection: (given) => ({
        Type: given.type,
        CustomerGatewayId: given.customerGatewayId,
        VpnGatewayId: given.vpnGatewayId,
        PreSharedKeyStorage: given.presharedKeyStorage,
        Options: {
          EnableAcceleration: given.enableAcceleration,
          LocalIpv4NetworkCidr: given.localIpv4NetworkCidr,
          RemoteIpv4NetworkCidr: given.remoteIpv4NetworkCidr,
          StaticRoutesOnly: given.staticRoutesOnly,
          TunnelBandwidth: given.tunnelBandwidth,
          TunnelInsideIpVersion: given.tunnelInsideIpVersion,
          TunnelOptions: tunnelNumbers.map((n) => tunnelSpecification(optionsOf(given, n))),
        },
        TagSpecifications: tagSpecifications("vpn-connection", given.tags),
      }),
    },
    read: { DescribeVpnConnections: (_, { id }) => ({ VpnConnectionIds: [id] }) },
    update: {
      ModifyVpnConnection: ({ customerGatewayId, vpnGatewayId }, { id }) => ({
        VpnConnectionId: id,
        CustomerGatewayId: customerGatewayId,
        VpnGatewayId: vpnGatewayId,
      }),
      ModifyVpnConnectionOptions: ({ localIpv4NetworkCidr, remoteIpv4NetworkCidr }, { id }) => ({
        VpnConnectionId: id,
        LocalIpv4NetworkCidr: localIpv4NetworkCidr,
        RemoteIpv4NetworkCidr: remoteIpv4NetworkCidr,
      }),
      ModifyVpnTunnelOptions: (given, { id, outputs }) =>
        tunnelNumbers.map((n) => ({
          VpnConnectionId: id,
          VpnTunnelOutsideIpAddress: outputs[field(n, "address")],
          TunnelOptions: tunnelSpecification(optionsOf(given, n)),
        })),
      ...retagged.ec2,
    },
    delete: { DeleteVpnConnection: (_, { id }) => ({ VpnConnectionId: id }) },
  },
  create: (aws, given) => {
    checkEnds(aws, given);
    // CreateVpnConnection is idempotent (API reference): the same two gateways give the same connection.
    const twin = vpnConnection
      .all(aws)
      .find(
        (c) =>
          c.inputs.customerGatewayId === given.customerGatewayId &&
          c.inputs.vpnGatewayId === given.vpnGatewayId,
      );
    const id = twin?.id ?? aws.ids.resource("vpn");
    return { id, outputs: settle(aws, id, given, twin?.outputs) };
  },
  update: (aws, { id, outputs }, given) => {
    checkEnds(aws, given);
    return settle(aws, id, given, outputs);
  },
  read,
});
