import * as pulumi from "@pulumi/pulumi";
import { cidrsOf } from "../../config/views.ts";
import { type GatewayTunnel, vpnGateway } from "../steps/vpn-gateway.ts";
import type { PerTunnel, SiteArgs, SiteHost } from "./args.ts";

/** The host that carries the way to the VPC. */
export interface Gateway extends SiteHost {
  /** Exists once traffic flows. */
  readonly connected: pulumi.Resource;
  /** As the gateway verified them: "UP" when traffic was seen through the tunnel. */
  readonly tunnelStates: PerTunnel<pulumi.Output<string>>;
}

/** Connects the site to the VPC by the gateway's channel. */
export function setUpGateway(gateway: SiteHost, { channel, site, vpcCidrs }: SiteArgs): Gateway {
  const { format, dataPath, ready } = channel;
  const step = pulumi.output(channel.tunnels).apply((tunnels: PerTunnel<GatewayTunnel>) =>
    vpnGateway({
      format,
      dataPath,
      siteCidrs: cidrsOf(site),
      vpcCidrs,
      customerGatewayAddress: site.publicAddress,
      tunnels,
    }),
  );
  const { result, resource } = gateway.host.run("vpn-gateway", step, { dependsOn: ready });
  const state = (tunnel: keyof PerTunnel<unknown>) => result.apply(({ facts }) => facts[tunnel] ?? "UNKNOWN");
  return {
    ...gateway,
    connected: resource,
    tunnelStates: { tunnel1: state("tunnel1"), tunnel2: state("tunnel2") },
  };
}
