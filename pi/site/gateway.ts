import * as pulumi from "@pulumi/pulumi";
import { type GatewayTunnel, vpnGateway } from "../steps/vpn-gateway.ts";
import type { PerTunnel, SiteArgs } from "./args.ts";
import type { Machine } from "./machine.ts";

export interface Gateway extends Machine {
  /** Stands once traffic flows. */
  readonly joined: pulumi.Resource;
  /** As the gateway verified them: "UP" when traffic was seen through the tunnel. */
  readonly tunnelStates: PerTunnel<pulumi.Output<string>>;
}

/** Has the gateway join the site to the VPC by its channel. */
export function join(machine: Machine, { channel, site, vpcCidr }: SiteArgs): Gateway {
  const { format, dataPath, ready } = channel;
  const step = pulumi.output(channel.tunnels).apply((tunnels: PerTunnel<GatewayTunnel>) =>
    vpnGateway({
      format,
      dataPath,
      siteCidr: site.cidr,
      vpcCidr,
      customerGatewayAddress: site.publicAddress,
      tunnels,
    }),
  );
  const { result, resource } = machine.pi.run("vpn-gateway", step, { dependsOn: ready });
  const state = (tunnel: keyof PerTunnel<unknown>) => result.apply(({ facts }) => facts[tunnel] ?? "UNKNOWN");
  return {
    ...machine,
    joined: resource,
    tunnelStates: { tunnel1: state("tunnel1"), tunnel2: state("tunnel2") },
  };
}
