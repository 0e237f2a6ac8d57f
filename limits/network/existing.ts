/** What a VPC that somebody else owns must be like, so that a stack can put its own resources in. */
import { type Problem, problemIf } from "../problem.ts";
import { roomProblems, type ZoneTakers } from "./room.ts";

/** The VPC as a stack's owner describes it. */
export interface WantedNetwork {
  readonly cidr: string;
  readonly secondaryCidrs: readonly string[];
  readonly existing: {
    readonly vpcId: string;
    readonly privateSubnetIds: Readonly<Record<string, string>>;
    readonly publicSubnetIds: Readonly<Record<string, string>>;
    readonly routeTableIds: Readonly<Record<string, string>>;
    readonly s3EndpointId: string | undefined;
  };
  /** What the stack puts into the zones' subnets. */
  readonly takes: Readonly<Record<string, ZoneTakers>>;
  /** Whether names of the VPC must resolve to private addresses: endpoints, resolvers. */
  readonly privateDns: boolean;
}

/** The same VPC as AWS describes it; undefined for what AWS does not know. */
export interface FoundNetwork {
  readonly region: string;
  readonly vpc:
    | {
        readonly cidr: string;
        /** The other IPv4 ranges. */
        readonly secondaryCidrs: readonly string[];
        readonly dnsSupport: boolean;
        readonly dnsHostnames: boolean;
      }
    | undefined;
  /** By id. */
  readonly subnets: Readonly<Record<string, FoundSubnet | undefined>>;
  /** By id. */
  readonly routeTables: Readonly<Record<string, FoundRouteTable | undefined>>;
  readonly s3Endpoint: FoundEndpoint | undefined;
}

export interface FoundSubnet {
  readonly vpcId: string;
  readonly zone: string;
  readonly cidr: string;
  /** The table that the subnet is associated with; undefined for the VPC's main one. */
  readonly routeTableId: string | undefined;
}

export interface FoundRouteTable {
  readonly vpcId: string;
  /** Whether it is the table of all subnets without one of their own. */
  readonly isMain: boolean;
  /** Whether it has a route to an internet gateway. */
  readonly hasInternet: boolean;
}

export interface FoundEndpoint {
  readonly vpcId: string;
  /** For example `com.amazonaws.us-east-1.s3`. */
  readonly serviceName: string;
  readonly type: string;
}

/** Why a stack cannot use the VPC. Of a VPC that AWS does not know, nothing else is compared. */
export function existingNetworkProblems(
  field: string,
  wanted: WantedNetwork,
  found: FoundNetwork,
): readonly Problem[] {
  const { vpcId } = wanted.existing;
  if (!found.vpc)
    return [
      {
        field: `${field}.existing.vpcId`,
        value: vpcId,
        rule: `must be a VPC of this account in the Region ${found.region} (aws:region)`,
        remedy: "correct it, or choose another aws:region",
      },
    ];
  return [
    ...rangesProblems(field, wanted, found.vpc),
    ...dnsProblems(field, wanted, found.vpc),
    ...Object.entries(wanted.existing.privateSubnetIds).flatMap(([zone, id]) =>
      subnetProblems(`${field}.existing.privateSubnetIds.${zone}`, zone, id, wanted, found),
    ),
    ...Object.entries(wanted.existing.publicSubnetIds).flatMap(([zone, id]) =>
      subnetProblems(`${field}.existing.publicSubnetIds.${zone}`, zone, id, wanted, found),
    ),
    ...Object.entries(wanted.existing.routeTableIds).flatMap(([name, id]) =>
      ofVpcProblems(
        `${field}.existing.routeTableIds.${name}`,
        "route table",
        id,
        found.routeTables[id],
        vpcId,
      ),
    ),
    ...sameTableProblems(`${field}.existing.routeTableIds`, wanted.existing.routeTableIds),
    ...routingProblems(field, wanted, found),
    ...internetProblems(field, wanted, found),
    ...s3Problems(field, wanted, found),
    ...roomsProblems(field, wanted, found),
  ];
}

function rangesProblems(
  field: string,
  { cidr, secondaryCidrs, existing: { vpcId } }: WantedNetwork,
  real: NonNullable<FoundNetwork["vpc"]>,
): readonly Problem[] {
  const isSame = real.secondaryCidrs.toSorted().join() === secondaryCidrs.toSorted().join();
  return [
    ...problemIf(cidr !== real.cidr, {
      field: `${field}.cidr`,
      value: cidr,
      rule: `must be the range of ${vpcId}, ${real.cidr}`,
      remedy: `write ${real.cidr}`,
    }),
    ...problemIf(!isSame, {
      field: `${field}.secondaryCidrs`,
      value: listed(secondaryCidrs),
      rule: `must be all further IPv4 ranges of ${vpcId}, ${listed(real.secondaryCidrs)}: the site must not overlap them either`,
      remedy: `write [${real.secondaryCidrs.join(", ")}]`,
    }),
  ];
}

const listed = (values: readonly string[]) => values.join(", ") || "(none)";

function dnsProblems(
  field: string,
  { existing: { vpcId }, privateDns }: WantedNetwork,
  { dnsSupport, dnsHostnames }: NonNullable<FoundNetwork["vpc"]>,
): readonly Problem[] {
  const off = [...(dnsSupport ? [] : ["enableDnsSupport"]), ...(dnsHostnames ? [] : ["enableDnsHostnames"])];
  const options = { enableDnsSupport: "--enable-dns-support", enableDnsHostnames: "--enable-dns-hostnames" };
  return problemIf(privateDns && off.length > 0, {
    field: `${field}.existing.vpcId`,
    value: vpcId,
    rule: `must have ${off.join(" and ")} on: without it, AWS gives endpoints no private names`,
    remedy: `run \`${off
      .map(
        (attribute) =>
          `aws ec2 modify-vpc-attribute --vpc-id ${vpcId} ${options[attribute as keyof typeof options]}`,
      )
      .join(" && ")}\``,
  });
}

/** Why a part of a VPC is not one of this VPC. */
function ofVpcProblems(
  field: string,
  kind: string,
  id: string,
  found: { readonly vpcId: string } | undefined,
  vpcId: string,
): readonly Problem[] {
  return problemIf(found?.vpcId !== vpcId, {
    field,
    value: id,
    rule: found
      ? `must be a ${kind} of ${vpcId}, and is one of ${found.vpcId}`
      : `must be a ${kind} of ${vpcId}, and AWS knows none of this id`,
    remedy: `choose a ${kind} of ${vpcId}`,
  });
}

function subnetProblems(
  field: string,
  zone: string,
  id: string,
  { existing: { vpcId } }: WantedNetwork,
  { subnets }: FoundNetwork,
): readonly Problem[] {
  const subnet = subnets[id];
  if (subnet?.vpcId !== vpcId) return ofVpcProblems(field, "subnet", id, subnet, vpcId);
  return problemIf(subnet.zone !== zone, {
    field,
    value: id,
    rule: `must be a subnet in ${zone}, and is one in ${subnet.zone}`,
    remedy: `name it under ${subnet.zone}`,
  });
}

/** A table has one route to the site. */
export function sameTableProblems(
  field: string,
  routeTableIds: Readonly<Record<string, string>>,
): readonly Problem[] {
  const firstOf = new Map<string, string>();
  return Object.entries(routeTableIds).flatMap(([name, id]) => {
    const first = firstOf.get(id);
    firstOf.set(id, first ?? name);
    return problemIf(first !== undefined, {
      field: `${field}.${name}`,
      value: id,
      rule: `must not be the table of ${field}.${first} too`,
      remedy: "remove one of the two",
    });
  });
}

/** Without a route in its own table, a subnet does not find the way back to the site. */
function routingProblems(
  field: string,
  { existing }: WantedNetwork,
  { subnets, routeTables }: FoundNetwork,
): readonly Problem[] {
  const named = Object.values(existing.routeTableIds);
  const hasMain = named.some((id) => routeTables[id]?.isMain);
  const ids = [
    ...new Set([...Object.values(existing.privateSubnetIds), ...Object.values(existing.publicSubnetIds)]),
  ];
  return ids.flatMap((id) => {
    const subnet = subnets[id];
    if (subnet?.vpcId !== existing.vpcId) return [];
    const table = subnet.routeTableId;
    const isNamed = table === undefined ? hasMain : named.includes(table);
    return problemIf(!isNamed, {
      field: `${field}.existing.routeTableIds`,
      value: listed(named),
      rule: `must have the route table of ${id}, ${table ?? `the main one of ${existing.vpcId}`}: the subnet has no way to the site without it`,
      remedy: table === undefined ? "add the VPC's main route table" : `add ${table}`,
    });
  });
}

function internetProblems(
  field: string,
  { existing }: WantedNetwork,
  { subnets, routeTables }: FoundNetwork,
): readonly Problem[] {
  const main = Object.values(routeTables).find((table) => table?.isMain);
  return Object.entries(existing.publicSubnetIds).flatMap(([zone, id]) => {
    const subnet = subnets[id];
    const table = subnet?.routeTableId === undefined ? main : routeTables[subnet.routeTableId];
    return problemIf(subnet?.vpcId === existing.vpcId && table !== undefined && !table.hasInternet, {
      field: `${field}.existing.publicSubnetIds.${zone}`,
      value: id,
      rule: "must have a route to an internet gateway: clients on the internet do not reach a load balancer there",
      remedy: "choose a public subnet, or remove it",
    });
  });
}

function roomsProblems(
  field: string,
  { existing, takes }: WantedNetwork,
  { subnets }: FoundNetwork,
): readonly Problem[] {
  const ids = { private: existing.privateSubnetIds, public: existing.publicSubnetIds };
  return Object.entries(takes).flatMap(([zone, takers]) =>
    (["private", "public"] as const).flatMap((kind) => {
      const id = ids[kind][zone];
      const subnet = id === undefined ? undefined : subnets[id];
      if (id === undefined || subnet?.vpcId !== existing.vpcId) return [];
      const at = { field: `${field}.existing.${kind}SubnetIds.${zone}`, value: id };
      return roomProblems(
        at,
        "have",
        subnet.cidr,
        takers[kind],
        "choose a wider subnet, or remove some of them",
      );
    }),
  );
}

function s3Problems(
  field: string,
  { existing: { vpcId, s3EndpointId: id } }: WantedNetwork,
  { s3Endpoint: found }: FoundNetwork,
): readonly Problem[] {
  if (id === undefined) return [];
  const at = `${field}.existing.s3EndpointId`;
  if (found?.vpcId !== vpcId) return ofVpcProblems(at, "gateway endpoint", id, found, vpcId);
  return problemIf(found.type !== "Gateway" || !/\.s3$/.test(found.serviceName), {
    field: at,
    value: id,
    rule: `must be a gateway endpoint for S3, and is one of type ${found.type} for ${found.serviceName}`,
    remedy: "choose the VPC's gateway endpoint for S3, or remove it",
  });
}
