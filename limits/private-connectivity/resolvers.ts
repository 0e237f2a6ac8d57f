/** What Route 53 Resolver takes of zones, fixed addresses and domains. */
import { parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { contains } from "../addresses.ts";
import { type Problem, problemIf } from "../problem.ts";

/**
 * Why a resolver cannot be in these zones: AWS wants two addresses, and we put each into a zone of its own.
 *
 * Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoint-high-availability.html
 */
export function resolverZonesProblems(field: string, zones: readonly string[]): readonly Problem[] {
  return problemIf(zones.length < 2, {
    field,
    value: zones.join(", ") || "(none)",
    rule: "must be two zones or more: AWS takes no resolver with a single address",
    remedy: "add a zone",
  });
}

/**
 * Why AWS would not give a resolver fixed addresses, each compared with the subnet of its zone.
 *
 * Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_IpAddressRequest.html,
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (AWS keeps five addresses of a subnet)
 *
 * @param addresses by zone
 * @param subnets ranges, by zone
 */
export function resolverAddressesProblems(
  field: string,
  addresses: Readonly<Record<string, string>>,
  subnets: Readonly<Record<string, string>>,
): readonly Problem[] {
  return [
    ...resolverZonesProblems(field, Object.keys(addresses)),
    ...Object.entries(addresses).flatMap(([zone, address]) =>
      zoneAddressProblems(`${field}.${zone}`, zone, address, subnets),
    ),
  ];
}

function zoneAddressProblems(
  field: string,
  zone: string,
  value: string,
  subnets: Readonly<Record<string, string>>,
): readonly Problem[] {
  const cidr = subnets[zone];
  if (cidr === undefined) {
    return [
      {
        field,
        value,
        rule: `must be in a zone where the VPC has a subnet (${Object.keys(subnets).join(", ")})`,
        remedy: "choose one of these zones",
      },
    ];
  }
  const { start, end } = parseCidr(cidr);
  const first = start + 4n;
  const last = end - 1n;
  const remedy = `choose one from ${ipv4(first)} to ${ipv4(last)}` as const;
  if (!contains(cidr, value))
    return [{ field, value, rule: `must lie in the subnet of ${zone}, ${cidr}`, remedy }];
  const number = parseCidr(`${value}/32`).start;
  return problemIf(number < first || number > last, {
    field,
    value,
    rule: `must not be one of the first four addresses of ${cidr} or the last: AWS keeps them`,
    remedy,
  });
}

function ipv4(number: bigint): string {
  return stringifyIp({ number, version: 4 });
}

/** Why the VPC cannot ask the site for names of these domains: the arguments of an outbound resolver. */
export function forwardProblems(
  field: string,
  forward: Readonly<Record<string, readonly string[]>>,
): readonly Problem[] {
  return [
    ...problemIf(Object.keys(forward).length === 0, {
      field,
      value: "(none)",
      rule: "must have one domain or more: an outbound resolver is there to forward",
      remedy: "name one, or remove the resolver",
    }),
    ...Object.entries(forward).flatMap(([domain, servers]) => [
      ...problemIf(
        awsDomains.some((aws) => isWithin(domain, aws) || isWithin(aws, domain)),
        {
          field: `${field}.${domain}`,
          value: servers.join(", "),
          rule: "must not be forwarded: the site asks the VPC for AWS's own names, so the queries would go in circles",
          remedy: "forward only names that the site's servers know themselves",
        },
      ),
      ...problemIf(servers.length === 0, {
        field: `${field}.${domain}`,
        value: "(none)",
        rule: "must have one DNS server or more",
        remedy: "name an address",
      }),
    ]),
  ];
}

const awsDomains = ["amazonaws.com", "amazonaws.com.cn", "api.aws"];

function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}
