/** Endpoints, resolvers, DNS, and what must be there before a site can do without the internet. */
import type { EndpointService } from "../../components/endpoint-services.ts";
import { contains } from "../addresses.ts";
import type { Problem } from "../errors.ts";
import type { HybridConfig } from "../schema.ts";
import { nodesOf } from "../views.ts";
import { type Rule, when } from "./rule.ts";

const knownZones: Rule = ({ network, privateEndpoints, resolver }) =>
  [
    ...(privateEndpoints?.zones ?? []).map((zone) => ["privateEndpoints.zones", zone] as const),
    ...Object.keys(resolver.inbound?.addresses ?? {}).map(
      (zone) => ["resolver.inbound.addresses", zone] as const,
    ),
  ].flatMap(([field, zone]) =>
    when(!network.zones.includes(zone), {
      field,
      value: zone,
      rule: `must be one of network.zones (${network.zones.join(", ")}): there the VPC has a subnet`,
      remedy: "choose one of them, or add the zone to network.zones",
    }),
  );

const namedOnce: Rule = ({ privateEndpoints: { services = [], zones = [] } = {} }) =>
  Object.entries({ services, zones }).flatMap(([key, values]) =>
    when(new Set<string>(values).size < values.length, {
      field: `privateEndpoints.${key}`,
      value: values.join(", "),
      rule: "each is named once",
      remedy: "remove what is repeated",
    }),
  );

const dns: Rule = ({ site, hosts, resolver, privateEndpoints }) => {
  if (!site.dns) return [];
  const { dns } = site;
  return [
    ...when(!resolver.inbound, {
      field: "site.dns",
      value: dns.at,
      rule: "DNS forwards to the addresses of resolver.inbound, which is not there",
      remedy: "add `resolver: {inbound: {}}`, or take site.dns away",
    }),
    ...when(!privateEndpoints, {
      field: "site.dns",
      value: dns.at,
      rule: "DNS leads to the addresses of privateEndpoints, which are not there",
      remedy: "add `privateEndpoints: {}`, or take site.dns away",
    }),
    ...(dns.at === "host"
      ? when(!(dns.host in hosts), {
          field: "site.dns.host",
          value: dns.host,
          rule: "must be a key of `hosts`",
          remedy: `choose one of ${Object.keys(hosts).join(", ")}; for a server that is none of them set at to elsewhere`,
        })
      : []),
  ];
};

const ecr = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\//;

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
    ...(all.some(({ image }) => ecr.test(image)) ? (["ecr.api", "ecr.dkr"] as const) : []),
    // ECS Exec is always on: the agent in the container asks KMS for the session's key (ECS developer guide, "ECS Exec").
    ...(all.length > 0 ? (["logs", "kms"] as const) : []),
  ];
}

/** Registries that only the internet has; an image without a registry's host is Docker Hub's. */
const publicRegistries =
  /^(docker\.io|index\.docker\.io|public\.ecr\.aws|ghcr\.io|quay\.io|gcr\.io|registry\.k8s\.io|mcr\.microsoft\.com)$/;

function registryOf(image: string): string {
  const [host = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(host) || host === "localhost") ? host : "docker.io";
}

const images = ({ services }: HybridConfig, region: string): Problem[] =>
  Object.entries(services).flatMap(([name, { image }]) => {
    const [, imageRegion] = ecr.exec(image) ?? [];
    return when(
      publicRegistries.test(registryOf(image)) || (imageRegion !== undefined && imageRegion !== region),
      {
        field: `services.${name}.image`,
        value: image,
        rule: `with site.internet never, images come from ECR in ${region} or from a registry of the site`,
        remedy: "push the image there and name it here",
      },
    );
  });

/** An address that nodes reach without the internet. */
function isNear(url: string, { site, network }: HybridConfig): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol === "file:") return true;
  if (/^\d+(\.\d+){3}$/.test(hostname))
    return contains(site.cidr, hostname) || contains(network.cidr, hostname);
  // Names without a Region belong to no interface endpoint (Amazon S3 user guide, "AWS PrivateLink for Amazon S3").
  return !/(^|\.)amazonaws\.com(\.cn)?$/.test(hostname);
}

const withoutInternet: Rule = (config, region) => {
  const { site, resolver, privateEndpoints, cluster } = config;
  if (site.internet === "fallback" || Object.keys(nodesOf(config)).length === 0) return [];
  const there = privateEndpoints?.services ?? [];
  const missing = endpointsNeeded(config).filter((service) => !there.includes(service));
  const orFallback = "or set site.internet to fallback";
  const unset = (field: string, is: unknown, rule: string, remedy: string) =>
    when(is === undefined, { field, value: "(missing)", rule, remedy: `${remedy}, ${orFallback}` });
  return [
    ...when(missing.length > 0, {
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
    ...when(!isNear(cluster.installer.url, config), {
      field: "cluster.installer.url",
      value: cluster.installer.url,
      rule: "with site.internet never, the installer must be on the site, or in the bundle",
      remedy: `put AWS's installer there (a file:// address for the bundle's), ${orFallback}`,
    }),
    ...images(config, region),
  ];
};

export const privateConnectivityRules: readonly Rule[] = [knownZones, namedOnce, dns, withoutInternet];
