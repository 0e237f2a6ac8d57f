import * as pulumi from "@pulumi/pulumi";
import { egressFirewall } from "../steps/egress-firewall.ts";
import type { SiteArgs } from "./args.ts";
import type { Machine } from "./machine.ts";

/** With `internet: never`, closes a node's way to everything but the site and the VPC. */
export function closeInternet(
  { host, hostName, pi }: Machine,
  { site, vpcCidr, channel, hosts }: SiteArgs,
): void {
  if (site.internet !== "never" || !host.node) return;
  const here = { siteCidr: site.cidr, vpcCidr, sshPort: host.port };
  const gateway = hosts[site.gateway]?.address ?? "";
  const { tunnel1, tunnel2 } = channel.tunnels;
  pi.run(
    "egress-firewall",
    hostName === site.gateway
      ? pulumi
          .all([tunnel1.address, tunnel2.address])
          .apply((addresses) => egressFirewall({ ...here, via: { kind: "tunnels", addresses } }))
      : egressFirewall({ ...here, via: { kind: "gateway", address: gateway } }),
  );
}
