/** What a stack file may say about a VPC that is there already. */
import test from "ava";
import { parse } from "../../../config/parse.ts";
import { base, refused, service } from "../stack.ts";

const id = (prefix: string, last = "0") => `${prefix}-0123456789abcdef${last}`;

const existing = {
  vpcId: id("vpc"),
  privateSubnetIds: { "us-east-1a": id("subnet", "0"), "us-east-1b": id("subnet", "1") },
  routeTableIds: { private: id("rtb") },
};
const network = { cidr: "10.1.0.0/16", existing };
const balancer = { service: "web", type: "application", scheme: "internet-facing", listenerPort: 80 };
const web = { ...service, network: { mode: "bridge", ports: [{ host: 8080, container: 80 }] } };

test("the zones of an existing VPC are those of its private subnets", (t) => {
  const { network: parsed } = parse({ ...base, network }, "us-east-1");
  t.deepEqual(parsed.zones, ["us-east-1a", "us-east-1b"]);
  t.is(parsed.publicSubnets, undefined);
});

refused([
  [
    "fields of a created VPC beside an existing one",
    {
      ...base,
      network: {
        ...network,
        zones: ["us-east-1a"],
        publicSubnets: true,
        natGateways: "single",
        flowLogs: { retentionDays: 30 },
      },
    },
    [
      'network.zones: ["us-east-1a"]: must not be given beside existing: the zones are those of existing.privateSubnetIds; remove it',
      "network.publicSubnets: true: must not be given beside existing: the VPC has subnets already; remove it, and name the public ones in existing.publicSubnetIds",
      "network.natGateways: single: must not be given beside existing: the VPC's owner decides about its ways to the internet; remove it",
      "network.flowLogs: (a mapping): must not be given beside existing: the VPC's owner decides about its flow logs; remove it",
    ].join("\n"),
  ],
  [
    "existing VPC without its range",
    { ...base, network: { existing } },
    "network.cidr: (missing): must be given: the VPC's own range. Must not overlap the site; run `pulumi config set --path network.cidr VALUE`",
  ],
  [
    "misspelt field of an existing VPC",
    { ...base, network: { ...network, existing: { ...existing, routeTables: {} } } },
    "network.existing.routeTables: (unknown key): must be one of vpcId, privateSubnetIds, publicSubnetIds, routeTableIds, s3EndpointId; write routeTableIds",
  ],
  [
    "misspelt existing",
    { ...base, network: { exsting: existing } },
    "network.exsting: (unknown key): must be one of existing, cidr, secondaryCidrs, zones, publicSubnets, natGateways, flowLogs; write existing",
  ],
  [
    "name in the place of an id",
    { ...base, network: { ...network, existing: { ...existing, vpcId: "company" } } },
    "network.existing.vpcId: company: must be vpc- and 8 or 17 hexadecimal digits; write it as vpc-0123456789abcdef0",
  ],
  [
    "existing VPC without a subnet",
    { ...base, network: { ...network, existing: { ...existing, privateSubnetIds: {} } } },
    "network.existing.privateSubnetIds: (a mapping): must have one subnet or more; add one, as us-east-1a: subnet-0123456789abcdef0",
  ],
  [
    "one route table of the existing VPC under two names",
    {
      ...base,
      network: {
        ...network,
        existing: { ...existing, routeTableIds: { main: id("rtb"), other: id("rtb") } },
      },
    },
    "network.existing.routeTableIds.other: rtb-0123456789abcdef0: must not be the table of network.existing.routeTableIds.main too; remove one of the two",
  ],
  [
    "existing VPC that overlaps the site",
    { ...base, network: { ...network, cidr: "192.168.0.0/16" } },
    "site.cidr: 192.168.1.0/24: must not overlap network.cidr 192.168.0.0/16: no route could tell the site from the VPC; choose another range for one of them",
  ],
  [
    "zone of another Region",
    {
      ...base,
      network: { ...network, existing: { ...existing, privateSubnetIds: { "eu-west-1a": id("subnet") } } },
    },
    "network.existing.privateSubnetIds: eu-west-1a: must be a zone of the Region us-east-1 (aws:region); choose zones such as us-east-1a, or another aws:region",
  ],
  [
    "internet-facing load balancer without public subnets of the existing VPC",
    { ...base, network, services: { web }, loadBalancers: { front: balancer } },
    "loadBalancers.front.scheme: internet-facing: must be internal without network.existing.publicSubnetIds: an internet-facing load balancer needs public subnets; name the VPC's public subnets there, or set scheme to internal",
  ],
  [
    "application load balancer in one public subnet of the existing VPC",
    {
      ...base,
      network: {
        ...network,
        existing: { ...existing, publicSubnetIds: { "us-east-1a": id("subnet", "2") } },
      },
      services: { web },
      loadBalancers: { front: balancer },
    },
    "loadBalancers.front.type: application: must not be application with 1 zone: an application load balancer needs subnets in two; add a zone to the network, or choose type: network",
  ],
  [
    "existing VPN gateway that the stack is told to keep",
    { ...base, network, vpn: { vpnGatewayId: id("vgw"), shared: true } },
    "vpn.shared: true: must be false with vpn.vpnGatewayId: the stack deletes no VPN gateway; remove it, and set it in the stack that owns the VPN gateway",
  ],
  [
    "existing VPN gateway of a VPC that is created",
    { ...base, vpn: { vpnGatewayId: id("vgw") } },
    "vpn.vpnGatewayId: vgw-0123456789abcdef0: must not be given without network.existing: a VPC that the stack creates has no VPN gateway yet; remove it, or name the gateway's VPC in network.existing",
  ],
  [
    "endpoint for S3 without the existing VPC's gateway endpoint",
    { ...base, network, privateEndpoints: { services: ["s3"] } },
    "network.existing.s3EndpointId: (missing): must be given with s3 in privateEndpoints.services: only beside a gateway endpoint, AWS gives S3's interface endpoint its private DNS name; name the VPC's gateway endpoint for S3, or remove s3 from privateEndpoints.services",
  ],
  [
    "endpoints in a zone where the existing VPC has no subnet",
    { ...base, network, privateEndpoints: { services: ["ssm"], zones: ["us-east-1c"] } },
    "privateEndpoints.zones: us-east-1c: must be one of network.existing.privateSubnetIds (us-east-1a, us-east-1b): the VPC has subnets only there; choose one of them, or add the zone to network.existing.privateSubnetIds",
  ],
]);
