/** Load balancers, and the services behind them. */
import { rangeProblems } from "../../limits/addresses.ts";
import {
  balancerNameProblems,
  balancerTypeProblems,
  targetRangeProblems,
} from "../../limits/load-balancing.ts";
import { keyProblems, type Problem, problemIf } from "../../limits/problem.ts";
import type { LoadBalancerConfig, ServiceConfig } from "../schema.ts";
import { targetPort, tcpPortsOf } from "../views.ts";
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

const balancers: Rule = ({ loadBalancers, network }) =>
  Object.entries(loadBalancers).flatMap(([name, loadBalancer]) => {
    const field = `loadBalancers.${name}`;
    return [
      ...problemIf(loadBalancer.scheme === "internet-facing" && !network.publicSubnets, {
        field: `${field}.scheme`,
        value: loadBalancer.scheme,
        rule: "must be internal while network.publicSubnets is false: an internet-facing load balancer needs public subnets",
        remedy: "set network.publicSubnets to true, or scheme to internal",
      }),
      ...loadBalancer.allowFrom.flatMap((range, i) => rangeProblems(`${field}.allowFrom.${i}`, range)),
      ...balancerNameProblems(field, name),
      ...balancerTypeProblems(field, loadBalancer, network.zones.length),
    ];
  });

const targets: Rule = ({ loadBalancers, site }) =>
  Object.keys(loadBalancers).length > 0 ? targetRangeProblems("site.cidr", site.cidr) : [];

export const loadBalancingRules: readonly Rule[] = [backends, balancers, targets];
