/** Load balancers, and the services behind them. */
import { contains, rangeProblems } from "../../limits/addresses.ts";
import {
  balancerNameProblems,
  balancerTypeProblems,
  targetRangeProblems,
} from "../../limits/load-balancing.ts";
import { groupRulesProblems } from "../../limits/network.ts";
import { keyProblems, type Problem, problemIf } from "../../limits/problem.ts";
import type { LoadBalancerConfig, ServiceConfig } from "../schema.ts";
import { siteRanges, targetPort, tcpPortsOf, vpcRanges } from "../views.ts";
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

const balancers: Rule = (config) =>
  Object.entries(config.loadBalancers).flatMap(([name, loadBalancer]) => {
    const { network } = config;
    const sources = [...siteRanges(config), ...vpcRanges(config), ...loadBalancer.allowFrom];
    const field = `loadBalancers.${name}`;
    return [
      ...problemIf(loadBalancer.scheme === "internet-facing" && !network.publicSubnets, {
        field: `${field}.scheme`,
        value: loadBalancer.scheme,
        rule: "must be internal while network.publicSubnets is false: an internet-facing load balancer needs public subnets",
        remedy: "set network.publicSubnets to true, or scheme to internal",
      }),
      ...loadBalancer.allowFrom.flatMap((range, i) => rangeProblems(`${field}.allowFrom.${i}`, range)),
      ...groupRulesProblems(`${field}.allowFrom`, sources.length),
      ...balancerNameProblems(field, name),
      ...balancerTypeProblems(field, loadBalancer, network.zones.length),
    ];
  });

const targets: Rule = (config) => {
  if (Object.keys(config.loadBalancers).length === 0) return [];
  const addresses = Object.values(config.hosts).map(({ address }) => address);
  return siteRanges(config)
    .filter(({ cidr }, i) => i === 0 || addresses.some((address) => contains(cidr, address)))
    .flatMap(({ name, cidr }) => targetRangeProblems(name, cidr));
};

export const loadBalancingRules: readonly Rule[] = [backends, balancers, targets];
