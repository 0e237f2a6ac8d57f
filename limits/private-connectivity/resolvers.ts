import { parseCidr } from "cidr-tools";
import { stringifyIp } from "ip-bigint";
import { contains } from "../addresses.ts";
import { type Problem, problemIf } from "../problem.ts";

/**
 * Why a resolver cannot stand in these zones: it has two addresses or more, and we put each into a zone of its own.
 *
 * Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoint-high-availability.html
 */
export function resolverZonesProblems(field: string, zones: readonly string[]): readonly Problem[] {
  return problemIf(zones.length < 2, {
    field,
    value: zones.join(", ") || "(none)",
    rule: "a resolver has addresses in two zones at least: AWS takes no single one",
    remedy: "add a zone",
  });
}

/**
 * Why AWS would not give a resolver fixed addresses, each against the subnet of its zone.
 *
 * Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_IpAddressRequest.html,
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (five addresses of a subnet are AWS's own)
 *
 * @param addresses by zone
 * @param subnets ranges, by zone
 */
export function resolverAddressesProblems(
  field: string,
  addresses: Readonly<Record<string, string>>,
  subnets: Readonly<Record<string, string>>,
): readonly Problem[] {
  const holderOf = (address: string) =>
    Object.entries(subnets).find(([, cidr]) => contains(cidr, address))?.[0];
  return [
    ...resolverZonesProblems(field, Object.keys(addresses)),
    ...Object.entries(addresses).flatMap(([zone, value]) => {
      const problem = { field: `${field}.${zone}`, value };
      const cidr = subnets[zone];
      if (cidr === undefined) {
        const rule = `the VPC has no subnet there, only in ${Object.keys(subnets).join(", ")}`;
        return [{ ...problem, rule, remedy: "choose one of these zones" }];
      }
      const [first, last] = usable(cidr);
      const remedy = `choose one from ${first} to ${last}`;
      const holder = holderOf(value);
      if (holder !== zone) {
        const where = holder === undefined ? "lies in no subnet" : `lies in the subnet of ${holder}`;
        return [{ ...problem, rule: `${where}; that of ${zone} is ${cidr}`, remedy }];
      }
      const { start, end } = parseCidr(cidr);
      const number = parseCidr(`${value}/32`).start;
      const rule = `AWS keeps the first four addresses of ${cidr} and the last`;
      return problemIf(number < start + 4n || number === end, { ...problem, rule, remedy });
    }),
  ];
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
      rule: "an outbound resolver forwards one domain at least",
      remedy: "name one, or leave the resolver out",
    }),
    ...Object.entries(forward).flatMap(([domain, servers]) => [
      ...problemIf(
        awsDomains.some((aws) => isWithin(domain, aws) || isWithin(aws, domain)),
        {
          field: `${field}.${domain}`,
          value: servers.join(", "),
          rule: "the site asks the VPC for AWS's own names: the queries would go in circles",
          remedy: "forward only names that the site's servers know themselves",
        },
      ),
      ...problemIf(servers.length === 0, {
        field: `${field}.${domain}`,
        value: "(none)",
        rule: "a domain needs a DNS server to ask",
        remedy: "name one address at least",
      }),
    ]),
  ];
}

const awsDomains = ["amazonaws.com", "amazonaws.com.cn", "api.aws"];

function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}

/** The first and the last address of a subnet that AWS gives. */
function usable(cidr: string): readonly [first: string, last: string] {
  const { start, end } = parseCidr(cidr);
  return [stringifyIp({ number: start + 4n, version: 4 }), stringifyIp({ number: end - 1n, version: 4 })];
}
