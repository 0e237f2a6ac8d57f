import * as pulumi from "@pulumi/pulumi";
import type { PackagesConfig } from "../../config/schema.ts";
import { egressFirewall } from "../steps/egress-firewall.ts";
import { packageSource } from "../steps/package-source.ts";
import type { SiteArgs } from "./args.ts";
import type { Machine } from "./machine.ts";

/** Where the host's packages come from, before anything is installed; nothing where it is not said. */
export function packages({ pi }: Machine, { site }: SiteArgs): void {
  if (site.packages) pi.run("package-source", source(pi, site.packages));
}

function source(pi: Machine["pi"], packages: PackagesConfig) {
  if (packages.from === "mirror") return packageSource(packages);
  // Not /tmp, which may be in memory: a bundle has hundreds of megabytes.
  const cargo = {
    file: packages.file,
    path: "/var/tmp/ecs-anywhere-hybrid-packages.tar",
    field: "site.packages.file",
  };
  const { path, sha256 } = pi.carry("packages", cargo);
  return sha256.apply((sha256) => packageSource({ from: "bundle", path, sha256 }));
}

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
