/** The addresses that a stack takes in each subnet, and those that a subnet has. */
import { prefixLength } from "../addresses.ts";
import { type Problem, problemIf, type RemedyText } from "../problem.ts";

/** How many of each are in one subnet. */
export interface Takers {
  readonly endpoints: number;
  /** Addresses of inbound and outbound resolvers. */
  readonly resolvers: number;
  readonly networkBalancers: number;
  readonly applicationBalancers: number;
  readonly natGateways: number;
}

/** What a stack takes in the two subnets of a zone. */
export interface ZoneTakers {
  readonly private: Takers;
  readonly public: Takers;
}

/** An application load balancer keeps so many to scale out, and AWS makes neither type where fewer are free. */
const balancerReserve = 8;

/**
 * The words for one of a kind, and the addresses of several.
 *
 * Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html, "Subnets for your
 * load balancer"; https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html,
 * "Availability Zones"
 */
const kindsOfTakers = {
  endpoints: { one: "endpoint", many: "endpoints", addresses: (count: number) => count },
  resolvers: { one: "resolver address", many: "resolver addresses", addresses: (count: number) => count },
  networkBalancers: {
    one: "network load balancer",
    many: "network load balancers",
    addresses: (count: number) => (count === 0 ? 0 : count - 1 + balancerReserve),
  },
  applicationBalancers: {
    one: "application load balancer",
    many: "application load balancers",
    addresses: (count: number) => count * balancerReserve,
  },
  natGateways: { one: "NAT gateway", many: "NAT gateways", addresses: (count: number) => count },
} as const satisfies Readonly<Record<keyof Takers, object>>;

const kinds = Object.keys(kindsOfTakers) as (keyof Takers)[];

/**
 * Returns how many addresses of a subnet are for its owner: AWS keeps five.
 *
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function roomIn(range: string): number {
  return 2 ** (32 - prefixLength(range)) - 5;
}

export function neededBy(takers: Takers): number {
  return kinds.reduce((sum, kind) => sum + kindsOfTakers[kind].addresses(takers[kind]), 0);
}

/** `10 endpoints, 2 resolver addresses, 1 network load balancer (8)` */
function listOf(takers: Takers): string {
  return kinds
    .filter((kind) => takers[kind] > 0)
    .map((kind) => {
      const { one, many, addresses } = kindsOfTakers[kind];
      const [count, total] = [takers[kind], addresses(takers[kind])];
      return `${count} ${count === 1 ? one : many}${total === count ? "" : ` (${total})`}`;
    })
    .join(", ");
}

/** AWS puts an application load balancer into no smaller subnet. */
const smallestForBalancers = 27;

/**
 * Why a subnet does not hold what a stack puts into it.
 *
 * @param verb `have`, or for the range of a VPC `give each private subnet`
 * @param range the subnet's
 */
export function roomProblems(
  at: Pick<Problem, "field" | "value">,
  verb: string,
  range: string,
  takers: Takers,
  remedy: RemedyText,
): readonly Problem[] {
  const needed = neededBy(takers);
  const size = prefixLength(range);
  const isTooSmall = takers.applicationBalancers > 0 && size > smallestForBalancers;
  return [
    ...problemIf(isTooSmall, {
      ...at,
      rule: `must ${verb} a range of /${smallestForBalancers} or wider for an application load balancer, not a /${size}`,
      remedy,
    }),
    ...problemIf(!isTooSmall && needed > roomIn(range), {
      ...at,
      rule: `must ${verb} ${needed} addresses for ${listOf(takers)}: a /${size} has ${Math.max(roomIn(range), 0)}`,
      remedy,
    }),
  ];
}

/** Returns the longest prefix of a subnet that holds all of it. */
export function prefixFor(takers: Takers): number {
  const bits = 32 - Math.ceil(Math.log2(neededBy(takers) + 5));
  return takers.applicationBalancers > 0 ? Math.min(bits, smallestForBalancers) : bits;
}
