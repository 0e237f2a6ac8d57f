/** Calculates the monthly cost of a stack from its configuration alone. */
import type { HybridConfig } from "../../config/schema.ts";
import { containerInsightsOf, nodesOf, publicZonesOf } from "../../config/views.ts";
import { hoursPerMonth, type Price, standing, usage } from "./prices.ts";

/** A fixed cost. */
export interface Item {
  readonly what: string;
  readonly count: number;
  readonly price: Price;
  /** US dollars a month for all of them. */
  readonly monthly: number;
}

/** A cost by use. */
export interface Rate {
  readonly what: string;
  readonly price: Price;
}

export interface Bill {
  readonly items: readonly Item[];
  readonly rates: readonly Rate[];
  /** US dollars a month, without the costs by use. */
  readonly total: number;
}

export function bill(config: HybridConfig): Bill {
  const { network, cluster, resolver } = config;
  const balancers = Object.values(config.loadBalancers);
  const publicBalancers = balancers.filter(({ scheme }) => scheme === "internet-facing");
  const nats = { none: 0, single: 1, "per-zone": network.zones.length }[network.natGateways ?? "none"];
  const insights = cluster.existing ? undefined : containerInsightsOf(config);
  const ownKey = cluster.keyArn === undefined;
  const items = [
    item("Site-to-Site VPN connection, two tunnels", 1, standing.vpnConnection),
    item("Public IPv4 addresses of the tunnels", 2, standing.publicAddress),
    item("ECS Anywhere nodes", Object.keys(nodesOf(config)).length, standing.ecsAnywhereInstance),
    item("Load balancers", balancers.length, standing.loadBalancer),
    item(
      "Public IPv4 addresses of load balancers, one per zone",
      publicBalancers.length * publicZonesOf(network).length,
      standing.publicAddress,
    ),
    item("NAT gateways", nats, standing.natGateway),
    item("Public IPv4 addresses of NAT gateways", nats, standing.publicAddress),
    ...privateConnectivity(config),
    item("KMS key for logs and ECS Exec sessions", ownKey ? 1 : 0, standing.kmsKey),
    item("CloudWatch alarms, one per tunnel", 2, standing.alarm),
  ].filter(({ count }) => count > 0);
  const has = (type: string) => balancers.some((balancer) => balancer.type === type);
  const logged = balancers.some(({ accessLogs }) => accessLogs !== undefined);
  const filtered = balancers.some((one) => one.type === "application" && one.webAclArn !== undefined);
  const rates: readonly (Rate | false)[] = [
    { what: "Data from AWS to the site and the internet", price: usage.dataOut },
    {
      what: `Logs of services, sessions${network.flowLogs ? ", flows" : ""}${resolver.inbound?.queryLogs ? ", DNS queries" : ""} and tunnels`,
      price: usage.logs,
    },
    { what: "Storage of these logs", price: usage.logStorage },
    has("network") && { what: "Traffic through network load balancers", price: usage.networkCapacity },
    has("application") && {
      what: "Traffic through application load balancers",
      price: usage.applicationCapacity,
    },
    filtered && { what: "Requests that a web ACL filters, beside the web ACL", price: usage.webRequests },
    logged && { what: "Storage of access logs", price: usage.objectStorage },
    nats > 0 && { what: "Data through NAT gateways", price: usage.natData },
    config.privateEndpoints !== undefined && {
      what: "Data through interface endpoints, both ways",
      price: usage.endpointData,
    },
    (resolver.inbound ?? resolver.outbound) !== undefined && {
      what: "DNS queries through resolvers",
      price: usage.resolverQueries,
    },
    insights === "enabled" && { what: "Container Insights", price: usage.insights },
    insights === "enhanced" && {
      what: "Container Insights, enhanced",
      price: usage.enhancedInsights,
    },
    ownKey && { what: "Rotation of the KMS key", price: usage.keyRotation },
    { what: "Images in ECR, if you keep them there", price: usage.registry },
    {
      what: "Session Manager on nodes, with the advanced tier",
      price: usage.advancedInstance,
    },
  ];
  return {
    items,
    rates: rates.filter((rate) => rate !== false),
    total: items.reduce((sum, { monthly }) => sum + monthly, 0),
  };
}

/** Lists each service's endpoint separately, to show what removing it would save. */
function privateConnectivity({ network, privateEndpoints, resolver }: HybridConfig): readonly Item[] {
  const { services = [], zones = network.zones } = privateEndpoints ?? {};
  const { inbound, outbound } = resolver;
  const fixed = inbound?.addresses && Object.keys(inbound.addresses);
  const inboundZones = inbound ? (fixed ?? network.zones) : [];
  const outboundZones = outbound ? network.zones : [];
  return [
    ...services.map((service) =>
      item(`Interface endpoint ${service}, one address per zone`, zones.length, standing.endpointZone),
    ),
    item("Inbound resolver's addresses", inboundZones.length, standing.resolverAddress),
    item("Outbound resolver's addresses", outboundZones.length, standing.resolverAddress),
  ];
}

function item(what: string, count: number, price: Price): Item {
  const each = price.per === "hour" ? price.usd * hoursPerMonth : price.usd;
  return { what, count, price, monthly: count * each };
}
