/**
 * The program: one stack joins one site to one VPC. It reads like the picture in the README: the VPC and its VPN, AWS's
 * services and names at private addresses where they are asked for, the cluster, the site whose hosts become nodes, the
 * services on them, the load balancers in front.
 */
import { Cluster } from "./components/cluster/cluster.ts";
import { SiteVpn } from "./components/connectivity/site-vpn.ts";
import { OnPremLoadBalancer } from "./components/load-balancing/on-prem-load-balancer.ts";
import { Network } from "./components/network/network.ts";
import { InboundResolver } from "./components/private-connectivity/inbound-resolver.ts";
import { OutboundResolver } from "./components/private-connectivity/outbound-resolver.ts";
import { PrivateEndpoints } from "./components/private-connectivity/private-endpoints.ts";
import { ExternalService } from "./components/service/external-service.ts";
import { load } from "./config/load.ts";
import { backendOf, internetOf, nodesOf } from "./config/views.ts";
import type { HybridExports } from "./outputs.ts";
import { Site } from "./pi/site.ts";
import { mapValues, pick } from "./records.ts";

const config = load();
const plannedNodes = nodesOf(config);

const network = new Network("network", { ...config.network, ...internetOf(config.network) });

const siteVpn = new SiteVpn("vpn", {
  ...config.vpn,
  site: config.site,
  vpcId: network.vpcId,
  routeTableIds: { ...network.routeTableIds, ...network.publicRouteTableIds },
});

const { privateSubnets } = network;

const inboundResolver =
  config.resolver.inbound &&
  new InboundResolver("inbound-resolver", {
    ...config.resolver.inbound,
    subnets: privateSubnets,
    vpcId: network.vpcId,
    siteCidr: config.site.cidr,
  });

/** What takes any free addresses of the subnets waits until the resolver has the ones that it was promised. */
const afterResolver =
  config.resolver.inbound?.addresses && inboundResolver ? { dependsOn: inboundResolver } : {};

const privateEndpoints =
  config.privateEndpoints &&
  new PrivateEndpoints(
    "endpoints",
    {
      services: config.privateEndpoints.services,
      subnets: pick(privateSubnets, config.privateEndpoints.zones ?? config.network.zones),
      vpcId: network.vpcId,
      vpcCidr: network.cidr,
      siteCidr: config.site.cidr,
      s3Gateway: network.s3Gateway,
      field: "privateEndpoints",
    },
    afterResolver,
  );

if (config.resolver.outbound)
  new OutboundResolver(
    "outbound-resolver",
    { ...config.resolver.outbound, subnets: privateSubnets, vpcId: network.vpcId },
    afterResolver,
  );

const hybridCluster = new Cluster("cluster", { ...config.cluster, nodes: plannedNodes });

const site = new Site("site", {
  ...config,
  vpcCidr: network.cidr,
  channel: { kind: "site-to-site-vpn", ...config.vpn, tunnels: siteVpn.tunnels, ready: siteVpn.ready },
  privateAccess: privateEndpoints &&
    inboundResolver && {
      names: privateEndpoints.names,
      resolvers: inboundResolver.addresses,
      ready: [...privateEndpoints.ready, ...inboundResolver.ready],
    },
  cluster: {
    clusterName: hybridCluster.clusterName,
    activations: hybridCluster.activations,
    installer: config.cluster.installer,
  },
});

const externalServices = mapValues(
  config.services,
  (service, name) =>
    new ExternalService(
      name,
      {
        ...service,
        cluster: hybridCluster,
        nodes: plannedNodes,
        logRetentionDays: config.cluster.logRetentionDays,
      },
      { dependsOn: site },
    ),
);

const onPremLoadBalancers = mapValues(
  config.loadBalancers,
  (loadBalancer, name) =>
    new OnPremLoadBalancer(
      name,
      {
        ...loadBalancer,
        ...backendOf(config, loadBalancer),
        vpcId: network.vpcId,
        vpcCidr: network.cidr,
        siteCidr: config.site.cidr,
        subnetIds: loadBalancer.scheme === "internal" ? network.privateSubnetIds : network.publicSubnetIds,
      },
      afterResolver,
    ),
);

/** What other projects read by `hybridOutputs` (outputs.ts). */
export const {
  region,
  vpc,
  vpn,
  endpoints,
  resolver,
  dnsSnippet,
  cluster,
  nodes,
  preflight,
  temperatures,
  services,
  loadBalancers,
}: HybridExports = {
  region: config.region,
  vpc: {
    id: network.vpcId,
    cidr: network.cidr,
    privateSubnetIds: network.privateSubnetIds,
    publicSubnetIds: network.publicSubnetIds,
  },
  vpn: {
    connectionId: siteVpn.connectionId,
    tunnels: mapValues(siteVpn.tunnels, ({ address }, tunnel) => ({
      address,
      state: site.tunnelStates[tunnel],
    })),
  },
  endpoints: privateEndpoints?.endpoints ?? {},
  resolver: { inboundAddresses: inboundResolver?.addresses ?? [] },
  dnsSnippet: site.dnsSnippet,
  cluster: { name: hybridCluster.clusterName, arn: hybridCluster.clusterArn },
  nodes: site.nodes,
  preflight: site.preflight,
  temperatures: site.temperatures,
  services: mapValues(externalServices, ({ serviceName, serviceArn }) => ({
    name: serviceName,
    arn: serviceArn,
  })),
  loadBalancers: mapValues(onPremLoadBalancers, ({ arn, dnsName, url }) => ({ arn, dnsName, url })),
};
