import * as pulumi from "@pulumi/pulumi";
import { cidrsOf } from "../../config/views.ts";
import { egressFirewall } from "../steps/egress-firewall.ts";
import type { SiteArgs, SiteHost } from "./args.ts";

/** With `internet: never`, blocks a node's way to everything but the site and the VPC. */
export function blockInternet(
  { name, settings, host }: SiteHost,
  { site, vpcCidrs, channel, hosts }: SiteArgs,
): void {
  if (site.internet !== "never" || !settings.node) return;
  const here = { siteCidrs: cidrsOf(site), vpcCidrs, sshPort: settings.port };
  const address = hosts[site.gateway]?.address ?? "";
  const { tunnel1, tunnel2 } = channel.tunnels;
  host.run(
    "egress-firewall",
    name === site.gateway
      ? pulumi
          .all([tunnel1.address, tunnel2.address])
          .apply((addresses) => egressFirewall({ ...here, via: { kind: "tunnels", addresses } }))
      : egressFirewall({ ...here, via: { kind: "gateway", address } }),
  );
}
