import { SiteVpn } from "../components/connectivity/site-vpn.ts";
import type { VpcNetwork } from "../components/network/vpc-network.ts";
import type { HybridConfig } from "../config/schema.ts";
import { cidrsOf } from "../config/views.ts";

/** Builds the VPN between the site and the VPC. All route tables of the VPC learn the way to the site. */
export function buildVpn(
  { site, vpn }: Pick<HybridConfig, "site" | "vpn">,
  { vpcId, routeTableIds, routing }: Pick<VpcNetwork, "vpcId" | "routeTableIds" | "routing">,
): SiteVpn {
  return new SiteVpn(
    "vpn",
    {
      site,
      siteCidrs: cidrsOf(site),
      vpcId,
      vpnGatewayId: vpn.vpnGatewayId,
      shared: vpn.shared,
      routeTableIds,
      presharedKeys: vpn.presharedKeys,
      insideCidrs: vpn.insideCidrs,
      logRetentionDays: vpn.logRetentionDays,
      alarmTopicArn: vpn.alarmTopicArn,
    },
    // A destroy ends here while another stack's connection holds the VPN gateway, before it takes that stack's routes.
    { dependsOn: [...routing] },
  );
}
