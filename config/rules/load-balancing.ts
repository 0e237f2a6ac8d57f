/** Load balancers, and the services behind them. */
import { rangeProblems } from "../../limits/addresses.ts";
import {
  balancerNameProblems,
  balancerTypeProblems,
  targetRangeProblems,
} from "../../limits/load-balancing.ts";
import { problemIf } from "../../limits/problem.ts";
import { targetPort, tcpPortsOf } from "../views.ts";
import type { Rule } from "./rule.ts";

const loadBalancers: Rule = ({ loadBalancers, services, network }) =>
  Object.entries(loadBalancers).flatMap(([name, loadBalancer]) => {
    const field = (key: string) => `loadBalancers.${name}.${key}`;
    const service = services[loadBalancer.service];
    if (!service) {
      return [
        {
          field: field("service"),
          value: loadBalancer.service,
          rule: "must be a key of `services`",
          remedy: `choose one of ${Object.keys(services).join(", ") || "the services, once there are some"}`,
        },
      ];
    }
    return [
      ...problemIf(targetPort(loadBalancer, service) === undefined, {
        field: field("hostPort"),
        value: String(loadBalancer.hostPort ?? "(missing)"),
        rule: `must be one of the TCP host ports of services.${loadBalancer.service} (${tcpPortsOf(service).join(", ") || "it has none"})`,
        remedy: "name one of them, or give the service one",
      }),
      ...problemIf(loadBalancer.scheme === "internet-facing" && !network.publicSubnets, {
        field: field("scheme"),
        value: loadBalancer.scheme,
        rule: "an internet-facing load balancer stands in public subnets",
        remedy: "set network.publicSubnets to true, or scheme to internal",
      }),
      ...loadBalancer.allowFrom.flatMap((range, i) => rangeProblems(field(`allowFrom.${i}`), range)),
      ...balancerNameProblems(`loadBalancers.${name}`, name),
      ...balancerTypeProblems(`loadBalancers.${name}`, loadBalancer, network.zones.length),
    ];
  });

const targets: Rule = ({ loadBalancers, site }) =>
  Object.keys(loadBalancers).length > 0 ? targetRangeProblems("site.cidr", site.cidr) : [];

export const loadBalancingRules: readonly Rule[] = [loadBalancers, targets];
