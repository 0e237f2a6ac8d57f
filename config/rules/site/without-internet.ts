/** The settings that a site without the internet needs. */
import { contains, rangeOf } from "../../../limits/addresses.ts";
import { parseArn } from "../../../limits/arn.ts";
import type { EndpointService } from "../../../limits/private-connectivity/endpoint-services.ts";
import { type Problem, problemIf, type RemedyText } from "../../../limits/problem.ts";
import { ecrImage } from "../../../limits/service/ecr-image.ts";
import type { HybridConfig } from "../../schema.ts";
import { cidrsOf, nodesOf, secretArnsByVariable, secretArnsOf, siteRanges, vpcRanges } from "../../views.ts";
import type { Rule } from "../rule.ts";

/** The endpoints of nodes that reach only the site and the VPC. */
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
    ...(all.flatMap(secretArnsOf).some((arn) => parseArn(arn)?.service === "secretsmanager")
      ? (["secretsmanager"] as const)
      : []),
    // ECS Exec is always on, and its agent in the container asks KMS for the session's key (ECS developer guide, "ECS Exec").
    ...(all.length > 0 ? (["logs", "kms"] as const) : []),
  ];
}

/** Registries on the internet, with all hosts below them. An image without a registry's host is Docker Hub's. */
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

function imageProblems({ services }: HybridConfig, region: string): readonly Problem[] {
  return Object.entries(services).flatMap(([name, { image }]) => {
    const ecr = ecrImage(image);
    const reachable = ecr
      ? ecr.byEndpoint && ecr.region === region
      : !isOneOf(registryOf(image), publicRegistries);
    return problemIf(!reachable, {
      field: `services.${name}.image`,
      value: image,
      rule: `must come from ECR in ${region}, by its names for IPv4, or from a registry of the site, with site.internet never`,
      remedy: "push the image there and name it here",
    });
  });
}

/** What a node reads before a container starts comes from the endpoints, which are of one Region. */
function secretProblems({ services }: HybridConfig, region: string): readonly Problem[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const { registryCredentials } = service;
    const arns = Object.entries(secretArnsByVariable(service)).map(([variable, arn]) => ({
      field: `secrets.${variable}`,
      arn,
    }));
    if (registryCredentials !== undefined)
      arns.push({ field: "registryCredentials", arn: registryCredentials });
    return arns.flatMap(({ field, arn }) =>
      problemIf(parseArn(arn)?.region !== region, {
        field: `services.${name}.${field}`,
        value: arn,
        rule: `must be in ${region} with site.internet never: the endpoints are of this Region`,
        remedy: "put a copy there and name it here",
      }),
    );
  });
}

/** The distributions' mirrors on the internet, with all hosts below them. */
const publicMirrors = ["debian.org", "ubuntu.com", "raspberrypi.org", "raspberrypi.com", "raspbian.org"];

/** Whether nodes reach an address without the internet. */
function isNear(url: string, config: HybridConfig): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol === "file:") return true;
  if (/^\d+(\.\d+){3}$/.test(hostname))
    return [...siteRanges(config), ...vpcRanges(config)].some(({ cidr }) => contains(cidr, hostname));
  if (isOneOf(hostname, publicMirrors)) return false;
  // Names without a Region belong to no interface endpoint (Amazon S3 user guide, "AWS PrivateLink for Amazon S3").
  return !/(^|\.)amazonaws\.com(\.cn)?$/.test(hostname);
}

/** Returns the address in a line of sources.list(5), behind options in brackets; undefined if there is none. */
function addressOf(source: string): string | undefined {
  const address = source.replace(/^deb(-src)? +(\[[^\]]*\] *)?/, "").split(" ")[0];
  return address !== undefined && URL.canParse(address) ? address : undefined;
}

export const withoutInternet: Rule = (config, region) => {
  const { site, resolver, privateEndpoints, cluster } = config;
  if (site.internet === "fallback" || Object.keys(nodesOf(config)).length === 0) return [];
  const given = privateEndpoints?.services ?? [];
  const missing = endpointsNeeded(config).filter((service) => !given.includes(service));
  return [
    ...problemIf(missing.length > 0, {
      field: "privateEndpoints.services",
      value: given.join(", ") || "(missing)",
      rule: `must include ${missing.join(", ")} with site.internet never: the nodes reach AWS by endpoints only`,
      remedy: `add them, ${orFallback}`,
    }),
    ...requiredProblems(
      "resolver.inbound",
      resolver.inbound,
      "the nodes learn the endpoints' addresses from it",
      "add `resolver: {inbound: {}}`",
    ),
    ...requiredProblems(
      "site.dns",
      site.dns,
      "it makes the nodes ask the inbound resolver for AWS's names",
      "add `dns: {at: nodes, server: dnsmasq}`",
    ),
    ...requiredProblems(
      "site.packages",
      site.packages,
      "the hosts' packages come from the site",
      "name a mirror or a bundle",
    ),
    ...problemIf(!isNear(cluster.installer.url, config), {
      field: "cluster.installer.url",
      value: cluster.installer.url,
      rule: "must be an address on the site, or in the bundle, with site.internet never",
      remedy: `put AWS's installer there (a file:// address for the bundle's), ${orFallback}`,
    }),
    ...(site.packages?.from === "mirror" ? site.packages.sources : []).flatMap((source, i) => {
      const address = addressOf(source);
      return problemIf(address !== undefined && !isNear(address, config), {
        field: `site.packages.sources.${i}`,
        value: source,
        rule: "must be a mirror of the site with site.internet never",
        remedy: `name one in site.cidr, ${orFallback}`,
      });
    }),
    ...(site.dns?.at === "host"
      ? problemIf(nodesOf(config)[site.dns.host] !== undefined, {
          field: "site.dns.host",
          value: site.dns.host,
          rule: "must not be a node with site.internet never: its firewall keeps it from the servers that know all other names",
          remedy: "name a host that is not a node, or set site.dns.at to nodes",
        })
      : []),
    ...imageProblems(config, region),
    ...secretProblems(config, region),
    ...neighbourProblems(config),
  ];
};

/** The firewall lets packets for the VPC out to the gateway, and to no router that may lead there. */
function neighbourProblems(config: HybridConfig): readonly Problem[] {
  const { site, hosts } = config;
  const ranges = cidrsOf(site);
  const range = rangeOf(ranges, hosts[site.gateway]?.address ?? "");
  return Object.keys(nodesOf(config)).flatMap((name) => {
    const address = hosts[name]?.address ?? "";
    const own = rangeOf(ranges, address);
    return problemIf(range !== undefined && own !== undefined && own !== range, {
      field: `hosts.${name}.address`,
      value: address,
      rule: `must lie inside ${range}, the gateway's range, with site.internet never: the node's firewall lets packets for the VPC out to the gateway only`,
      remedy: `give it an address there, ${orFallback}`,
    });
  });
}

const orFallback = "or set site.internet to fallback";

function requiredProblems(field: string, value: unknown, reason: string, remedy: RemedyText) {
  return problemIf(value === undefined, {
    field,
    value: "(missing)",
    rule: `must be given with site.internet never: ${reason}`,
    remedy: `${remedy}, ${orFallback}`,
  });
}
