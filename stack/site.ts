import type { Cluster } from "../components/cluster/cluster.ts";
import type { SiteVpn } from "../components/connectivity/site-vpn.ts";
import type { VpcNetwork } from "../components/network/vpc-network.ts";
import type { HybridConfig } from "../config/schema.ts";
import { Site } from "../pi/site.ts";
import type { PrivateConnectivity } from "./private-connectivity.ts";

/** What the site's hosts must know of the AWS side. */
export interface SiteSurroundings {
  readonly network: Pick<VpcNetwork, "cidrs">;
  readonly vpn: Pick<SiteVpn, "tunnels" | "ready">;
  readonly privateConnectivity: Pick<PrivateConnectivity, "endpoints" | "inboundResolver">;
  readonly cluster: Pick<Cluster, "clusterName" | "nodeAttributes" | "activations">;
}

/** Builds the on-prem side: every host in its role. The gateway waits for the VPN, DNS for the endpoints and the resolver. */
export function buildSite(
  config: Pick<HybridConfig, "site" | "hosts" | "ssh" | "vpn" | "cluster"> & { readonly region: string },
  { network, vpn, privateConnectivity, cluster }: SiteSurroundings,
): Site {
  const { endpoints, inboundResolver } = privateConnectivity;
  return new Site("site", {
    region: config.region,
    site: config.site,
    hosts: config.hosts,
    ssh: config.ssh,
    vpcCidrs: network.cidrs,
    channel: {
      kind: "site-to-site-vpn",
      format: config.vpn.format,
      dataPath: config.vpn.dataPath,
      tunnels: vpn.tunnels,
      ready: vpn.ready,
    },
    privateAccess: endpoints &&
      inboundResolver && {
        names: endpoints.names,
        resolvers: inboundResolver.addresses,
        ready: [...endpoints.ready, ...inboundResolver.ready],
      },
    cluster: {
      clusterName: cluster.clusterName,
      nodeAttributes: cluster.nodeAttributes,
      activations: cluster.activations,
      installer: config.cluster.installer,
    },
  });
}
