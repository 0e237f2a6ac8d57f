/** What must be there before a site can do without the internet. */
import { contains } from "../../../limits/addresses.ts";
import type { EndpointService } from "../../../limits/private-connectivity/endpoint-services.ts";
import { type Problem, problemIf } from "../../../limits/problem.ts";
import { ecrImage } from "../../../limits/service/ecr-image.ts";
import type { HybridConfig } from "../../schema.ts";
import { nodesOf } from "../../views.ts";
import type { Rule } from "../rule.ts";

/** What nodes cannot work without when they reach nothing but the site and the VPC. */
function endpointsNeeded({ services }: HybridConfig): EndpointService[] {
  const all = Object.values(services);
  return [
    // All three, or traffic goes to the public endpoints (ECS developer guide, "interface VPC endpoints").
    "ecs-agent",
    "ecs-telemetry",
    "ecs",
    "ssm",
    "ssmmessages",
    // The agents' own packages, and the layers of ECR's images.
    "s3",
    ...(all.some(({ image }) => ecrImage(image)?.byEndpoint) ? (["ecr.api", "ecr.dkr"] as const) : []),
    // ECS Exec is always on: the agent in the container asks KMS for the session's key (ECS developer guide, "ECS Exec").
    ...(all.length > 0 ? (["logs", "kms"] as const) : []),
  ];
}

/** Registries that only the internet has, with all hosts below them; an image without a registry's host is Docker Hub's. */
const publicRegistries = [
  ...["docker.io", "ecr.aws", "ghcr.io", "quay.io", "lscr.io", "nvcr.io", "gcr.io", "pkg.dev", "azurecr.io"],
  ...["k8s.io", "mcr.microsoft.com", "registry.gitlab.com"],
];

/** Whether a host is one of these, or below one of them. */
const isOneOf = (host: string, domains: readonly string[]) =>
  domains.some((domain) => host === domain || host.endsWith(`.${domain}`));

function registryOf(image: string): string {
  const [host = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(host) || host === "localhost") ? host : "docker.io";
}

const images = ({ services }: HybridConfig, region: string): Problem[] =>
  Object.entries(services).flatMap(([name, { image }]) => {
    const ecr = ecrImage(image);
    const reachable = ecr
      ? ecr.byEndpoint && ecr.region === region
      : !isOneOf(registryOf(image), publicRegistries);
    return problemIf(!reachable, {
      field: `services.${name}.image`,
      value: image,
      rule: `with site.internet never, images come from ECR in ${region}, by its names for IPv4, or from a registry of the site`,
      remedy: "push the image there and name it here",
    });
  });

/** Where the distributions' packages are on the internet, with all hosts below. */
const publicMirrors = ["debian.org", "ubuntu.com", "raspberrypi.org", "raspberrypi.com", "raspbian.org"];

/** An address that nodes reach without the internet. */
function isNear(url: string, { site, network }: HybridConfig): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol === "file:") return true;
  if (/^\d+(\.\d+){3}$/.test(hostname))
    return contains(site.cidr, hostname) || contains(network.cidr, hostname);
  if (isOneOf(hostname, publicMirrors)) return false;
  // Names without a Region belong to no interface endpoint (Amazon S3 user guide, "AWS PrivateLink for Amazon S3").
  return !/(^|\.)amazonaws\.com(\.cn)?$/.test(hostname);
}

/** The address in a line of sources.list(5), behind options in brackets; undefined where there is none. */
function addressOf(source: string): string | undefined {
  const address = source.replace(/^deb(-src)? +(\[[^\]]*\] *)?/, "").split(" ")[0];
  return address !== undefined && URL.canParse(address) ? address : undefined;
}

export const withoutInternet: Rule = (config, region) => {
  const { site, resolver, privateEndpoints, cluster } = config;
  if (site.internet === "fallback" || Object.keys(nodesOf(config)).length === 0) return [];
  const there = privateEndpoints?.services ?? [];
  const missing = endpointsNeeded(config).filter((service) => !there.includes(service));
  const orFallback = "or set site.internet to fallback";
  const unset = (field: string, is: unknown, rule: string, remedy: string) =>
    problemIf(is === undefined, { field, value: "(missing)", rule, remedy: `${remedy}, ${orFallback}` });
  return [
    ...problemIf(missing.length > 0, {
      field: "privateEndpoints.services",
      value: there.join(", ") || "(missing)",
      rule: `with site.internet never, the nodes need these endpoints too: ${missing.join(", ")}`,
      remedy: `add them, ${orFallback}`,
    }),
    ...unset(
      "resolver.inbound",
      resolver.inbound,
      "with site.internet never, the nodes learn the endpoints' addresses from it",
      "add `resolver: {inbound: {}}`",
    ),
    ...unset(
      "site.dns",
      site.dns,
      "with site.internet never, AWS's names must be asked of the inbound resolver",
      "add `dns: {at: nodes, server: dnsmasq}`",
    ),
    ...unset(
      "site.packages",
      site.packages,
      "with site.internet never, the hosts' packages come from the site",
      "name a mirror or a bundle",
    ),
    ...problemIf(!isNear(cluster.installer.url, config), {
      field: "cluster.installer.url",
      value: cluster.installer.url,
      rule: "with site.internet never, the installer must be on the site, or in the bundle",
      remedy: `put AWS's installer there (a file:// address for the bundle's), ${orFallback}`,
    }),
    ...(site.packages?.from === "mirror" ? site.packages.sources : []).flatMap((source, i) => {
      const address = addressOf(source);
      return problemIf(address !== undefined && !isNear(address, config), {
        field: `site.packages.sources.${i}`,
        value: source,
        rule: "with site.internet never, packages come from a mirror of the site",
        remedy: `name one that is in site.cidr, ${orFallback}`,
      });
    }),
    ...(site.dns?.at === "host"
      ? problemIf(nodesOf(config)[site.dns.host] !== undefined, {
          field: "site.dns.host",
          value: site.dns.host,
          rule: "with site.internet never, a node's firewall would keep it from the servers that it asks for all other names",
          remedy: "name a host that is no node, or set at to nodes",
        })
      : []),
    ...images(config, region),
  ];
};
