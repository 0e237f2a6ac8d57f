import test from "ava";
import { overlap } from "../../limits/addresses.ts";
import {
  attachmentProblems,
  otherGatewayProblems,
  overlappingRoutes,
  siteOverlapProblems,
} from "../../limits/connectivity/vpn-gateway.ts";
import { describeAll } from "../../limits/problem.ts";

/** EC2's filters, as far as these use them. */
const matches = (route: string, patterns: readonly string[]) =>
  patterns.some((pattern) =>
    pattern.endsWith("*") ? route.startsWith(pattern.slice(0, -1)) : pattern === route,
  );

const ranges = [
  ...["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "172.16.0.0/12", "192.168.0.0/16"],
  ...["192.168.0.0/23", "192.168.1.0/24", "192.168.1.0/25", "192.168.1.128/25", "192.168.1.7/32"],
  ...["192.168.2.0/24", "192.168.10.0/24", "192.168.100.0/22", "10.1.0.0/16", "100.64.0.0/10", "1.0.0.0/8"],
];

test("EC2's filters match a route if, and only if, it overlaps the site", (t) => {
  for (const cidr of ranges) {
    const patterns = overlappingRoutes(cidr);
    t.true(patterns.length <= 200, cidr);
    for (const route of ranges) t.is(matches(route, patterns), overlap(cidr, route), `${cidr} ${route}`);
  }
});

test("the patterns are the ranges around, and the octets that all inside share", (t) => {
  t.deepEqual(overlappingRoutes("192.168.0.0/23").slice(-4), [
    "192.168.0.0/22",
    "192.168.0.0/23",
    "192.168.0.*",
    "192.168.1.*",
  ]);
});

test("a VPC that has a VPN gateway is told with the gateway's id", (t) => {
  t.is(
    describeAll(otherGatewayProblems("vpn", "vpc-1", "vgw-1")),
    "vpn.vpnGatewayId: (missing): must be vgw-1, the VPN gateway of vpc-1: a VPC has one at most; set vpn.vpnGatewayId to vgw-1",
  );
  t.deepEqual(otherGatewayProblems("vpn", "vpc-1", undefined), []);
});

test("a VPN gateway of another VPC, of none, and one that is not there are told apart", (t) => {
  const said = (attachedTo: string | undefined) =>
    describeAll(attachmentProblems("vpn", "vgw-1", "vpc-1", attachedTo));
  const rest = "correct it, or remove it so that the stack creates one";
  const rule = "vpn.vpnGatewayId: vgw-1: must be the VPN gateway of vpc-1, and";
  t.is(said("vpc-2"), `${rule} it is attached to vpc-2; ${rest}`);
  t.is(said(""), `${rule} it is attached to none; ${rest}`);
  t.is(said(undefined), `${rule} AWS knows none of this id; ${rest}`);
  t.is(said("vpc-1"), "");
});

test("two sites that the VPC could not tell apart are named", (t) => {
  t.is(
    describeAll(
      siteOverlapProblems("site.secondaryCidrs.0", "192.168.1.0/24", "vgw-1", "vpn-1", [
        "10.9.0.0/16",
        "192.168.0.0/16",
      ]),
    ),
    "site.secondaryCidrs.0: 192.168.1.0/24: must not overlap 192.168.0.0/16, to which vgw-1 has a route by vpn-1: the VPC could not tell the two sites apart; choose another range for one of the sites",
  );
  t.deepEqual(
    siteOverlapProblems("site.secondaryCidrs.0", "192.168.1.0/24", "vgw-1", "vpn-1", ["192.168.2.0/24"]),
    [],
  );
});
