import { SiteVpn } from "../components/connectivity/site-vpn.ts";
import type { Network } from "../components/network/network.ts";
import type { HybridConfig } from "../config/schema.ts";
import { cidrsOf } from "../config/views.ts";

/** Builds the VPN between the site and the VPC. All route tables of the VPC learn the way to the site. */
export function buildVpn(
  { site, vpn }: Pick<HybridConfig, "site" | "vpn">,
  {
    vpcId,
    routeTableIds,
    publicRouteTableIds,
  }: Pick<Network, "vpcId" | "routeTableIds" | "publicRouteTableIds">,
): SiteVpn {
  return new SiteVpn("vpn", {
    site,
    siteCidrs: cidrsOf(site),
    vpcId,
    routeTableIds: { ...routeTableIds, ...publicRouteTableIds },
    presharedKeys: vpn.presharedKeys,
    insideCidrs: vpn.insideCidrs,
    logRetentionDays: vpn.logRetentionDays,
    alarmTopicArn: vpn.alarmTopicArn,
  });
}
