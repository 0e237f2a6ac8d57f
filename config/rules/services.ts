/** Services, the nodes that can run them, and the load balancers in front. */
import { portsOf } from "../../components/container-definition.ts";
import { eligibleNodes } from "../../components/placement.ts";
import { nodesOf, targetPort, tcpPortsOf } from "../views.ts";
import { type Rule, when } from "./rule.ts";

const placement: Rule = (config) => {
  const nodes = nodesOf(config);
  return Object.entries(config.services).flatMap(([name, service]) => {
    const eligible = eligibleNodes(nodes, service.placement);
    const wanted = Object.entries(service.placement.attributes).map(([k, v]) => `${k} = ${v}`);
    const oneEach = service.placement.distinctInstance || portsOf(service.network).length > 0;
    if (eligible.length === 0) {
      return when(service.desiredCount > 0, {
        field: `services.${name}.placement.attributes`,
        value: wanted.join(", ") || "{}",
        rule: "no node satisfies it: the service could never start",
        remedy:
          wanted.length > 0 ? "give a node under `hosts` these attributes" : "make a host a node: `node: {}`",
      });
    }
    return when(oneEach && service.desiredCount > eligible.length, {
      field: `services.${name}.desiredCount`,
      value: String(service.desiredCount),
      rule: `one task a node (fixed host ports or distinctInstance), and only ${eligible.length} can run it: ${eligible.join(", ")}`,
      remedy: "lower desiredCount, or add nodes",
    });
  });
};

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
      ...when(targetPort(loadBalancer, service) === undefined, {
        field: field("hostPort"),
        value: String(loadBalancer.hostPort ?? "(missing)"),
        rule: `must be one of the TCP host ports of services.${loadBalancer.service} (${tcpPortsOf(service).join(", ") || "it has none"})`,
        remedy: "name one of them, or give the service one",
      }),
      ...when(loadBalancer.scheme === "internet-facing" && !network.publicSubnets, {
        field: field("scheme"),
        value: loadBalancer.scheme,
        rule: "an internet-facing load balancer stands in public subnets",
        remedy: "set network.publicSubnets to true, or scheme to internal",
      }),
      ...when(loadBalancer.type === "application" && network.zones.length < 2, {
        field: field("type"),
        value: loadBalancer.type,
        rule: "an application load balancer needs two zones",
        remedy: "add a zone to network.zones, or choose type: network",
      }),
    ];
  });

export const serviceRules: readonly Rule[] = [placement, loadBalancers];
