/** Load balancers, and the services behind them. */
import { contains, rangeProblems } from "../../limits/addresses.ts";
import {
  accessLogsProblems,
  arnRegionProblems,
  balancerNameProblems,
  balancerTypeProblems,
  clientPortsOf,
  redirectProblems,
  targetRangeProblems,
} from "../../limits/load-balancing.ts";
import { groupRulesProblems } from "../../limits/network.ts";
import { keyProblems, type Problem, problemIf } from "../../limits/problem.ts";
import type { LoadBalancerConfig, ServiceConfig } from "../schema.ts";
import { publicZonesOf, siteRanges, targetPort, tcpPortsOf, vpcRanges } from "../views.ts";
import type { Rule } from "./rule.ts";

const backends: Rule = ({ loadBalancers, services }) =>
  Object.entries(loadBalancers).flatMap(([name, loadBalancer]) => {
    const service = services[loadBalancer.service];
    return service
      ? portProblems(`loadBalancers.${name}.hostPort`, loadBalancer, service)
      : keyProblems(`loadBalancers.${name}.service`, loadBalancer.service, "services", services);
  });

function portProblems(
  field: string,
  loadBalancer: LoadBalancerConfig,
  service: ServiceConfig,
): readonly Problem[] {
  const ports = tcpPortsOf(service);
  return problemIf(targetPort(loadBalancer, service) === undefined, {
    field,
    value: String(loadBalancer.hostPort ?? "(missing)"),
    rule: `must be one of the TCP host ports of services.${loadBalancer.service} (${ports.join(", ") || "it has none"})`,
    remedy: ports.length > 0 ? "name one of them" : "give the service one",
  });
}

const balancers: Rule = (config) => {
  const { network } = config;
  const publicZones = publicZonesOf(network);
  return Object.entries(config.loadBalancers).flatMap(([name, loadBalancer]) => {
    const sources = [...siteRanges(config), ...vpcRanges(config), ...loadBalancer.allowFrom];
    const field = `loadBalancers.${name}`;
    const zones =
      loadBalancer.scheme === "internet-facing" && publicZones.length > 0 ? publicZones : network.zones;
    return [
      ...problemIf(loadBalancer.scheme === "internet-facing" && publicZones.length === 0, {
        field: `${field}.scheme`,
        value: loadBalancer.scheme,
        ...(network.existing ? withoutPublicSubnetIds : withoutPublicSubnets),
      }),
      ...loadBalancer.allowFrom.flatMap((range, i) => rangeProblems(`${field}.allowFrom.${i}`, range)),
      ...groupRulesProblems(`${field}.allowFrom`, sources.length * clientPortsOf(loadBalancer).length),
      ...balancerNameProblems(field, name),
      ...balancerTypeProblems(field, loadBalancer, zones.length),
    ];
  });
};

const withoutPublicSubnets = {
  rule: "must be internal while network.publicSubnets is false: an internet-facing load balancer needs public subnets",
  remedy: "set network.publicSubnets to true, or scheme to internal",
} as const;

const withoutPublicSubnetIds = {
  rule: "must be internal without network.existing.publicSubnetIds: an internet-facing load balancer needs public subnets",
  remedy: "name the VPC's public subnets there, or set scheme to internal",
} as const;

const targets: Rule = (config) => {
  if (Object.keys(config.loadBalancers).length === 0) return [];
  const addresses = Object.values(config.hosts).map(({ address }) => address);
  return siteRanges(config)
    .filter(({ cidr }, i) => i === 0 || addresses.some((address) => contains(cidr, address)))
    .flatMap(({ name, cidr }) => targetRangeProblems(name, cidr));
};

const listeners: Rule = ({ loadBalancers }, region) =>
  Object.entries(loadBalancers).flatMap(([name, loadBalancer]) => {
    const field = `loadBalancers.${name}`;
    const inRegion = (arn: string | undefined, at: string) =>
      arn === undefined ? [] : arnRegionProblems(`${field}.${at}`, arn, region);
    return [
      ...redirectProblems(field, loadBalancer),
      ...accessLogsProblems(field, loadBalancer),
      ...inRegion(loadBalancer.tls?.certificateArn, "tls.certificateArn"),
      ...(loadBalancer.type === "application" ? inRegion(loadBalancer.webAclArn, "webAclArn") : []),
    ];
  });

export const loadBalancingRules: readonly Rule[] = [backends, balancers, listeners, targets];
