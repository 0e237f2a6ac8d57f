/** The configuration of the stack `lab`: what a user would write into Pulumi.lab.yaml for this home. */
import type { z } from "zod";
import type { hybridConfig, PackagesConfig } from "../config/schema.ts";
import type { PinnedInstaller } from "./agents/packages.ts";
import { images } from "./images/names.ts";
import { workerToken } from "./worker-token.ts";
import type { SiteInternet } from "./world/site-internet.ts";
import { type PackageSource, siteBundle, siteMirror } from "./world/site-mirror.ts";
import { type Role, site } from "./world/topology.ts";

export interface LabHost {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly address: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
}

export interface LabStack {
  readonly hosts: readonly LabHost[];
  /** Private key whose public half the hosts' disks have. */
  readonly personKey: string;
  readonly installer: PinnedInstaller;
  readonly dataPath: "kernel" | "userspace";
  /** With `never`, the nodes reach AWS only through the tunnels, at addresses in the VPC. */
  readonly internet: SiteInternet;
  /** With `never`: the source of the hosts' packages and the installer. */
  readonly packages: PackageSource;
  /** Raised to compare every host again. */
  readonly converge: number;
  /** The number of new disks that a host got, by its name. */
  readonly reinstalled: Readonly<Record<string, number>>;
  /** Names of hosts that are gone. */
  readonly dead: readonly string[];
}

const isNode = ({ roles }: Pick<LabHost, "roles">) => roles.includes("node");

/** Returns the node to which Redis is pinned: the last one, which exists with any number of nodes. */
export const redisNode = <Host extends Pick<LabHost, "roles">>(hosts: readonly Host[]): Host | undefined =>
  hosts.filter(isNode).at(-1);

export const gateway = "pi-gateway";

/** The port of a node on which the page answers. */
export const pagePort = 8080;

/** The port of the node on which `direct` answers: the page once more, in the node's own network. */
export const directPort = 8081;

/** The settings that a site without the internet adds to its stack file. */
const withoutInternet: Pick<z.input<typeof hybridConfig>, "privateEndpoints" | "resolver"> = {
  privateEndpoints: {},
  resolver: {
    inbound: { addresses: { "us-east-1a": "10.0.0.10", "us-east-1b": "10.0.16.10" } },
    outbound: { forward: { [site.domain]: [site.router] } },
  },
};

const siteWithoutInternet: Partial<z.input<typeof hybridConfig>["site"]> = {
  internet: "never",
  dns: { at: "nodes", server: "dnsmasq" },
};

/** The source of packages, for `site.packages`, and of the installer, for `cluster.installer.url`. */
const supplies: Record<PackageSource, { readonly packages: PackagesConfig; readonly url: string }> = {
  mirror: { packages: { from: "mirror", sources: [siteMirror.source] }, url: siteMirror.installerUrl },
  bundle: { packages: { from: "bundle", file: siteBundle.file }, url: siteBundle.installerUrl },
};

export function stackConfig({
  installer,
  hosts,
  personKey,
  dataPath,
  internet,
  packages,
  converge,
  reinstalled,
  dead,
}: LabStack): z.input<typeof hybridConfig> {
  const redis = redisNode(hosts);
  const nodes = hosts.filter(isNode);
  const isCut = internet === "never";
  const supply = supplies[packages];
  return {
    ...(isCut ? withoutInternet : {}),
    network: { cidr: "10.0.0.0/16", zones: ["us-east-1a", "us-east-1b"] },
    site: {
      cidr: "192.168.1.0/24",
      publicAddress: "198.51.100.7",
      gateway,
      converge,
      ...(isCut ? { ...siteWithoutInternet, packages: supply.packages } : {}),
    },
    ssh: { privateKey: personKey },
    hosts: Object.fromEntries(
      hosts.map((host) => [
        host.name,
        {
          address: host.address,
          hostKey: host.hostKey,
          dead: dead.includes(host.name),
          ...(host.name === gateway ? { fan: { overlay: "rpi-poe" as const } } : {}),
          ...(isNode(host)
            ? {
                node: {
                  attributes: host.name === redis?.name ? { redis: "true" } : {},
                  reinstalled: reinstalled[host.name] ?? 0,
                },
              }
            : {}),
        },
      ]),
    ),
    vpn: { dataPath },
    cluster: {
      installer: {
        sha256: installer.sha256,
        ...(isCut ? { url: supply.url, packagesSha256: [...installer.packagesSha256] } : {}),
      },
    },
    services: {
      redis: {
        image: isCut ? images.privateRedis : images.redis,
        command: ["redis-server", "--appendonly", "yes", "--dir", "/data"],
        memoryMiB: 64,
        network: { mode: "bridge", ports: [{ host: 6379, container: 6379 }] },
        placement: { attributes: { redis: "true" } },
        volumes: { data: { hostPath: "/var/lib/redis-data", containerPath: "/data" } },
      },
      hits: {
        image: images.page,
        memoryMiB: 128,
        desiredCount: nodes.filter(({ name }) => !dead.includes(name)).length,
        network: { mode: "bridge", ports: [{ host: pagePort, container: pagePort }] },
        environment: { REDIS_HOST: redis?.address ?? "" },
        // The page tells which Pi answered.
        volumes: {
          hostname: { hostPath: "/etc/hostname", containerPath: "/run/host/hostname", readOnly: true },
        },
      },
      direct: {
        image: images.page,
        memoryMiB: 128,
        network: { mode: "host", ports: [directPort] },
        environment: { PORT: directPort, REDIS_HOST: redis?.address ?? "" },
      },
      worker: {
        image: isCut ? images.privateRedis : images.redis,
        command: ["sleep", "2147483647"],
        memoryMiB: 16,
        network: { mode: "none" },
        secrets: { TOKEN: workerToken },
        healthCheck: { command: ["sh", "-c", 'test -n "$TOKEN"'], intervalSeconds: 5 },
      },
    },
    loadBalancers: {
      web: { type: "network", service: "hits", healthCheck: { path: "/health", intervalSeconds: 5 } },
      front: { type: "application", service: "direct", healthCheck: { path: "/health", intervalSeconds: 5 } },
    },
  };
}
