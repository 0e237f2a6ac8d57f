/**
 * The part of the desired network that AWS PrivateLink and Route 53 Resolver need: addresses, names, and what their
 * security groups admit.
 */
import type { Account } from "./account.ts";
import { securityGroup } from "./services/network/security-group.ts";
import { ingressRule } from "./services/network/security-group-rule.ts";
import { subnet } from "./services/network/subnet.ts";
import { endpointInterfaces } from "./services/private-connectivity/endpoint-interfaces.ts";
import {
  endpointService,
  hasGateway,
  privateNames,
} from "./services/private-connectivity/endpoint-services.ts";
import { resolverAddresses, resolverEndpoint } from "./services/private-connectivity/resolver-endpoint.ts";
import { resolverRule, resolverRuleAssociation } from "./services/private-connectivity/resolver-rule.ts";
import { vpcEndpoint } from "./services/private-connectivity/vpc-endpoint.ts";
import { text } from "./services/shared/lookups.ts";

/**
 * Traffic that a security group lets in. Sources that are not address ranges (other groups, prefix lists) are ignored.
 */
export interface DesiredRule {
  /** CIDR block that is let in. */
  readonly from: string;
  readonly protocol: "tcp" | "udp" | "icmp" | "all";
  /** First and last port. Default: all. */
  readonly ports?: readonly [first: number, last: number];
}

/** An address in the VPC, and the zone of its subnet. */
export interface ZonedAddress {
  readonly zone: string;
  readonly address: string;
}

/** An interface endpoint. */
export interface DesiredEndpoint {
  /** `vpce-…` */
  readonly id: string;
  /** As in the service's name, without the Region: `ecs-agent`, `ecr.api` … */
  readonly service: string;
  readonly addresses: readonly ZonedAddress[];
  /** DNS names of the service. A name that begins with `*.` covers all names below it. */
  readonly names: readonly string[];
  /** The resolvers that answer the names with the endpoint's addresses instead of the public ones. */
  readonly privateDns: "none" | "inbound resolvers" | "all";
  readonly admit: readonly DesiredRule[];
}

/** A Route 53 Resolver endpoint. */
export interface DesiredResolver {
  readonly id: string;
  readonly direction: "INBOUND" | "OUTBOUND";
  readonly addresses: readonly ZonedAddress[];
  readonly admit: readonly DesiredRule[];
}

/** A forwarding rule that is associated with the VPC. */
export interface DesiredForwarding {
  readonly domain: string;
  /** The site's DNS servers. */
  readonly servers: readonly string[];
  /** Addresses of the outbound endpoint that sends the queries. */
  readonly from: readonly string[];
}

export interface PrivateNetwork {
  readonly endpoints: readonly DesiredEndpoint[];
  readonly resolvers: readonly DesiredResolver[];
  readonly forwarding: readonly DesiredForwarding[];
}

const zoneOf = (aws: Account, subnetId: string): string =>
  text(subnet.get(aws, subnetId), "availabilityZone");

const protocolOf = (named: string): DesiredRule["protocol"] | undefined =>
  named === "-1" ? "all" : (["tcp", "udp", "icmp"] as const).find((known) => known === named);

function rule(
  from: string | undefined,
  named: string,
  first: number | undefined,
  last: number | undefined,
): DesiredRule[] {
  const protocol = protocolOf(named);
  if (from === undefined || protocol === undefined) return [];
  const hasPorts = protocol === "tcp" || protocol === "udp";
  return hasPorts && first !== undefined && last !== undefined
    ? [{ from, protocol, ports: [first, last] }]
    : [{ from, protocol }];
}

/** Returns the traffic that the groups let in from address ranges. */
const admitted = (aws: Account, groups: readonly string[]): DesiredRule[] => [
  ...ingressRule
    .all(aws)
    .filter(({ inputs }) => groups.includes(inputs.securityGroupId))
    .flatMap(({ inputs: r }) => rule(r.cidrIpv4, r.ipProtocol, r.fromPort, r.toPort)),
  ...groups
    .flatMap((id) => securityGroup.get(aws, id)?.inputs.ingress ?? [])
    .flatMap((r) => (r.cidrBlocks ?? []).flatMap((from) => rule(from, r.protocol, r.fromPort, r.toPort))),
];

const endpoints = (aws: Account): DesiredEndpoint[] =>
  vpcEndpoint
    .all(aws)
    .filter(({ inputs }) => inputs.vpcEndpointType === "Interface")
    .map(({ id, inputs, outputs }) => {
      const service = endpointService(aws, inputs.serviceName) ?? "";
      const inboundOnly =
        hasGateway(service) && (inputs.dnsOptions?.privateDnsOnlyForInboundResolverEndpoint ?? true);
      const resolves = inboundOnly ? "inbound resolvers" : "all";
      return {
        id,
        service,
        addresses: endpointInterfaces(outputs).map(({ subnetId, ipv4 }) => ({
          zone: zoneOf(aws, subnetId),
          address: ipv4,
        })),
        names: privateNames(aws, service),
        privateDns: inputs.privateDnsEnabled ? resolves : "none",
        admit: admitted(aws, inputs.securityGroupIds ?? []),
      };
    });

const resolvers = (aws: Account): DesiredResolver[] =>
  resolverEndpoint.all(aws).map(({ id, inputs, outputs }) => ({
    id,
    direction: inputs.direction === "OUTBOUND" ? "OUTBOUND" : "INBOUND",
    addresses: resolverAddresses(outputs).map(({ subnetId, ip }) => ({
      zone: zoneOf(aws, subnetId),
      address: ip,
    })),
    admit: admitted(aws, inputs.securityGroupIds),
  }));

const forwarding = (aws: Account): DesiredForwarding[] =>
  resolverRuleAssociation.all(aws).flatMap(({ inputs }) => {
    const {
      domainName,
      ruleType,
      targetIps = [],
      resolverEndpointId = "",
    } = resolverRule.get(aws, inputs.resolverRuleId)?.inputs ?? { domainName: "", ruleType: "SYSTEM" };
    const from = resolverAddresses(resolverEndpoint.get(aws, resolverEndpointId)?.outputs ?? {});
    if (ruleType !== "FORWARD") return [];
    return [{ domain: domainName, servers: targetIps.map(({ ip }) => ip), from: from.map(({ ip }) => ip) }];
  });

/** Returns this part of the desired network from the account. */
export const privateNetwork = (aws: Account): PrivateNetwork => ({
  endpoints: endpoints(aws),
  resolvers: resolvers(aws),
  forwarding: forwarding(aws),
});
