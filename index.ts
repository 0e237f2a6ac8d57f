/**
 * The program: one stack joins one site to one VPC. It reads like the picture in the README: the VPC and the way to it,
 * AWS's services and names at private addresses, the cluster, the site whose hosts become nodes, the services on them,
 * the load balancers in front. The order within each district is in stack/.
 */
import { load } from "./config/load.ts";
import type { HybridExports } from "./outputs.ts";
import { mapValues } from "./records.ts";
import { buildCluster } from "./stack/cluster.ts";
import { buildVpn } from "./stack/connectivity.ts";
import { buildLoadBalancers } from "./stack/load-balancing.ts";
import { buildNetwork } from "./stack/network.ts";
import { buildPrivateConnectivity } from "./stack/private-connectivity.ts";
import { buildServices } from "./stack/service.ts";
import { buildSite } from "./stack/site.ts";
import { prepare } from "./stack/whole.ts";

const config = load();
const stack = await prepare(config);

const network = buildNetwork(config);
const vpn = buildVpn(config, network);
const privateConnectivity = buildPrivateConnectivity(config, network);
const cluster = buildCluster(config);
const site = buildSite(config, { network, vpn, privateConnectivity, cluster });
const services = buildServices(config, cluster, site.ready);
const loadBalancers = buildLoadBalancers(config, network, privateConnectivity);
stack.report();

/** The stack's outputs, as outputs.ts describes them: other projects read them by `hybridOutputs`. */
export default {
  region: config.region,
  vpc: {
    id: network.vpcId,
    cidr: network.cidr,
    privateSubnetIds: network.privateSubnetIds,
    publicSubnetIds: network.publicSubnetIds,
    routeTableIds: network.routeTableIds,
  },
  vpn: {
    gatewayId: vpn.gatewayId,
    connectionId: vpn.connectionId,
    tunnels: mapValues(vpn.tunnels, ({ address }, tunnel) => ({ address, state: site.tunnelStates[tunnel] })),
  },
  endpoints: privateConnectivity.endpoints?.endpoints ?? {},
  resolver: { inboundAddresses: privateConnectivity.inboundResolver?.addresses ?? [] },
  dnsSnippet: site.dnsSnippet,
  cluster: {
    name: cluster.clusterName,
    arn: cluster.clusterArn,
    nodeRoleName: cluster.nodeRoleName,
    keyArn: cluster.keyArn,
    execLogGroup: cluster.execLogGroupName,
  },
  nodes: site.nodes,
  preflight: site.preflight,
  temperatures: site.temperatures,
  services: mapValues(services, ({ serviceName, serviceArn, taskRoleName, executionRoleName }) => ({
    name: serviceName,
    arn: serviceArn,
    taskRoleName,
    executionRoleName,
  })),
  loadBalancers: mapValues(loadBalancers, ({ arn, dnsName, url, targetGroupArn, securityGroupId }) => ({
    arn,
    dnsName,
    url,
    targetGroupArn,
    securityGroupId,
  })),
} satisfies HybridExports;
