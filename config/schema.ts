/**
 * What a user may say in `Pulumi.<stack>.yaml`, under the project's namespace. `schema/` and this file are the one
 * source of the types, the defaults, the reference documentation and the JSON Schema for editors (`npm run schema`).
 *
 * A rule about one field is with the field, one that needs two fields in `rules/`. What AWS, Docker and Linux allow is in
 * `limits/`, which the components ask too.
 */
import { z } from "zod";
import { cluster, type installer } from "./schema/cluster.ts";
import { vpn } from "./schema/connectivity.ts";
import { loadBalancer } from "./schema/load-balancing.ts";
import { network } from "./schema/network.ts";
import { privateEndpoints, resolver } from "./schema/private-connectivity.ts";
import { service } from "./schema/service.ts";
import { type fan, host, type node, ssh } from "./schema/site/host.ts";
import { type dns, type packages, site } from "./schema/site.ts";
import { kept } from "./schema/stack.ts";
import { tags } from "./schema/tags.ts";
import { name } from "./schema/values.ts";

export { host };

/** The whole of a stack's configuration. */
export const hybridConfig = z.strictObject({
  network: network.prefault({}).describe("The VPC."),
  site: site.describe("The on-prem network that is joined to the VPC."),
  hosts: z.record(name, host).describe("The hosts of the site, by a name of your choice."),
  ssh: ssh.prefault({}).describe("The login for the hosts' first step."),
  vpn: vpn.prefault({}).describe("The Site-to-Site VPN."),
  privateEndpoints: privateEndpoints
    .optional()
    .describe("AWS's services at addresses of the VPC. Default: the nodes reach them over the internet."),
  resolver: resolver
    .prefault({})
    .describe(
      "DNS between the VPC and the site. Without it, the site does not know the endpoints' addresses.",
    ),
  cluster: cluster.prefault({}).describe("The ECS cluster and its nodes' agents."),
  services: z.record(name, service).default({}).describe("Services on the nodes, by a name of your choice."),
  loadBalancers: z
    .record(name, loadBalancer)
    .default({})
    .describe("Load balancers in the VPC, by a name of your choice."),
  tags: tags
    .default({})
    .describe(
      "Tags of your own on everything in AWS, beside `Name`, `hybrid:project` and `hybrid:stack`: at most 46, with keys of 1 to 128 characters and values of 1 to 256.",
    ),
  keep: z
    .array(kept)
    .default([])
    .describe(
      "What AWS keeps when it leaves the stack, by `pulumi destroy` or by a change of this file: `logs` (all log groups, and the key that encrypts them), `keys`. The next `up` takes over what was kept.",
    ),
});

export type HybridConfig = z.output<typeof hybridConfig>;
/** What a stack file contains: the settings before their defaults. */
export type HybridInput = z.input<typeof hybridConfig>;
export type Kept = z.output<typeof kept>;
export type NetworkConfig = z.output<typeof network>;
export type SiteConfig = z.output<typeof site>;
export type HostConfig = z.output<typeof host>;
export type NodeConfig = z.output<typeof node>;
export type FanConfig = z.output<typeof fan>;
export type SshConfig = z.output<typeof ssh>;
export type VpnConfig = z.output<typeof vpn>;
export type InstallerConfig = z.output<typeof installer>;
export type ServiceConfig = z.output<typeof service>;
export type LoadBalancerConfig = z.output<typeof loadBalancer>;
export type DnsConfig = z.output<typeof dns>;
export type PackagesConfig = z.output<typeof packages>;
