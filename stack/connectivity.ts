import { SiteVpn } from "../components/connectivity/site-vpn.ts";
import type { VpcNetwork } from "../components/network/vpc-network.ts";
import type { HybridConfig } from "../config/schema.ts";
import { cidrsOf, siteRanges } from "../config/views.ts";

/** Builds the VPN between the site and the VPC. All route tables of the VPC learn the way to the site. */
export function buildVpn(
  { site, vpn, network: { existing } }: Pick<HybridConfig, "site" | "vpn" | "network">,
  { vpcId, routeTableIds, routing }: Pick<VpcNetwork, "vpcId" | "routeTableIds" | "routing">,
): SiteVpn {
  // AWS has one propagation and one route of a table, whatever the stack file calls the table: under another name, the engine
  // would make the same one again, and then delete it.
  const tables = Object.entries(routeTableIds).map(
    ([name, id]) => [existing?.routeTableIds[name] ?? name, id] as const,
  );
  return new SiteVpn(
    "vpn",
    {
      site,
      siteCidrs: cidrsOf(site),
      siteFields: Object.fromEntries(siteRanges({ site }).map(({ name, cidr }) => [cidr, name])),
      vpcId,
      vpnGatewayId: vpn.vpnGatewayId,
      shared: vpn.shared,
      routeTableIds: Object.fromEntries(tables),
      presharedKeys: vpn.presharedKeys,
      insideCidrs: vpn.insideCidrs,
      logRetentionDays: vpn.logRetentionDays,
      alarmTopicArn: vpn.alarmTopicArn,
    },
    // A destroy ends here while another stack's connection holds the VPN gateway, before it takes that stack's routes.
    { dependsOn: [...routing] },
  );
}
