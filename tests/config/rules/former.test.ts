/** What a stack that is up cannot change in one `up`. */
import test from "ava";
import { parse } from "../../../config/parse.ts";
import { type Former, problemsWithFormer } from "../../../config/rules/former.ts";
import { describe } from "../../../limits/problem.ts";
import { base, node, service } from "../stack.ts";

const hosts = { ...base.hosts, "pi-2": node("192.168.1.102") };

const redis = (more: object = {}) => ({
  ...service,
  network: { mode: "bridge", ports: [{ host: 6379, container: 6379 }] },
  ...more,
});

/** The stack as its state has it: a VPC of its own in us-east-1, and Redis on both nodes. */
const up: Former = {
  region: "us-east-1",
  vpc: { id: "vpc-1", ownCidr: "10.0.0.0/16" },
  services: { redis: { tasks: 2, ports: ["tcp/6379"], attributes: {} } },
};

const inExisting: Former = { ...up, vpc: { id: "vpc-1" } };

const existing = (vpcId: string) => ({
  network: {
    cidr: "10.0.0.0/16",
    existing: {
      vpcId,
      privateSubnetIds: { "us-east-1a": "subnet-0123456789abcdef0" },
      routeTableIds: { private: "rtb-0123456789abcdef0" },
    },
  },
});

const keyArn = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

const problems = (change: object, former: Former, region = "us-east-1") =>
  problemsWithFormer(parse({ ...base, hosts, ...change }, region), region, former).map(describe);

const refused: readonly (readonly [title: string, change: object, former: Former, message: string])[] = [
  [
    "another range of the VPC",
    { network: { cidr: "10.8.0.0/16" } },
    up,
    "network.cidr: 10.8.0.0/16: must stay 10.0.0.0/16, the range of the VPC that the stack has: AWS cannot change it, and moves nothing to another VPC; set it back, with more ranges in network.secondaryCidrs if addresses are short, or run `pulumi destroy` before the change",
  ],
  [
    "another existing VPC",
    existing("vpc-0123456789abcdef0"),
    inExisting,
    "network.existing.vpcId: vpc-0123456789abcdef0: must stay vpc-1, where the stack's resources are: AWS moves nothing to another VPC; set it back, or run `pulumi destroy` before the change",
  ],
  [
    "an existing VPC instead of the stack's own",
    existing("vpc-0123456789abcdef0"),
    up,
    "network.existing.vpcId: vpc-0123456789abcdef0: must stay vpc-1, the VPC that the stack created: AWS moves nothing to another VPC; remove network.existing, or run `pulumi destroy` before the change",
  ],
  [
    "a VPC of the stack's own instead of an existing one",
    {},
    inExisting,
    "network.existing: (missing): must stay vpc-1, where the stack's resources are: AWS moves nothing to another VPC; set it back, or run `pulumi destroy` before the change",
  ],
  [
    "an existing VPN gateway instead of the stack's own",
    { ...existing("vpc-1234567890abcdef0"), vpn: { vpnGatewayId: "vgw-0123456789abcdef0" } },
    { ...inExisting, vpc: { id: "vpc-1234567890abcdef0" }, ownVpnGateway: "vgw-1" },
    "vpn.vpnGatewayId: vgw-0123456789abcdef0: must not be given while the stack has a VPN gateway of its own, vgw-1: a VPC has one at most; remove it, or run `pulumi destroy` before the change",
  ],
  [
    "the stack's own VPC as an existing one",
    existing("vpc-0123456789abcdef0"),
    { ...up, vpc: { id: "vpc-0123456789abcdef0", ownCidr: "10.0.0.0/16" } },
    "network.existing.vpcId: vpc-0123456789abcdef0: must not be the VPC that the stack created, which the `up` would delete; remove network.existing",
  ],
  [
    "the stack's own cluster as an existing one",
    { cluster: { existing: { name: "hybrid-home" } } },
    { ...up, ownCluster: "hybrid-home" },
    "cluster.existing.name: hybrid-home: must not be the cluster that the stack created, which the `up` would delete with its services still there; remove cluster.existing, or name another cluster",
  ],
  [
    "the stack's own key as a key of the user's",
    { cluster: { keyArn } },
    { ...up, ownKey: keyArn },
    `cluster.keyArn: ${keyArn}: must not be the key that the stack created, which the \`up\` would delete; remove cluster.keyArn, or name another key`,
  ],
  [
    "a service on the host port of one that the same up removes",
    { services: { valkey: redis() } },
    up,
    "services.valkey.network.ports: tcp/6379: must not be taken over from services.redis in the `up` that removes it, which goes only when services.valkey runs; add `formerly: redis` to services.valkey",
  ],
  [
    "a service that is there and takes over such a port",
    { services: { web: redis() } },
    { ...up, services: { ...up.services, web: { tasks: 1, ports: [], attributes: {} } } },
    "services.web.network.ports: tcp/6379: must not be taken over from services.redis in the `up` that removes it, which goes only when services.web runs; run `pulumi up` without services.redis and without this port of services.web, then add the port",
  ],
  [
    "a service that is there and says that it was called what the same up removes",
    { services: { web: redis({ formerly: "redis" }) } },
    { ...up, services: { ...up.services, web: { tasks: 1, ports: [], attributes: {} } } },
    "services.web.network.ports: tcp/6379: must not be taken over from services.redis in the `up` that removes it, which goes only when services.web runs; run `pulumi up` without services.redis and without this port of services.web, then add the port",
  ],
  [
    "a new service on the port of a removed one whose name another service claims",
    { services: { cache: { ...service, formerly: "redis" }, valkey: redis() } },
    { ...up, services: { ...up.services, cache: { tasks: 1, ports: [], attributes: {} } } },
    "services.valkey.network.ports: tcp/6379: must not be taken over from services.redis in the `up` that removes it, which goes only when services.valkey runs; run `pulumi up` without services.redis and without this port of services.valkey, then add the port",
  ],
];

for (const [title, change, former, message] of refused)
  test(`refused: ${title}`, (t) => {
    t.deepEqual(problems(change, former), [message]);
  });

test("refused: another Region", (t) => {
  const network = { zones: ["eu-west-1a", "eu-west-1b"] };
  t.deepEqual(problems({ network }, up, "eu-west-1"), [
    "aws:region: eu-west-1: must stay us-east-1, where the stack's resources are: in another Region all of them would be others, and every node would have to join another cluster; set it back, or create a stack for the other Region, or run `pulumi destroy` before the change",
  ]);
});

const tunnels = { tunnel1: "169.254.10.0/30", tunnel2: "169.254.11.0/30" };
const third = "169.254.12.0/30";

test("refused: the tunnels' inside ranges change places in one up", (t) => {
  const insideCidrs = { tunnel1: tunnels.tunnel2, tunnel2: tunnels.tunnel1 };
  t.deepEqual(problems({ vpn: { insideCidrs } }, { ...up, insideCidrs: tunnels }), [
    "vpn.insideCidrs.tunnel1: 169.254.11.0/30: must not be what tunnel2 has: AWS changes one tunnel at a time, and takes no range twice; choose a range that neither tunnel has, and take this one in a later `up`",
    "vpn.insideCidrs.tunnel2: 169.254.10.0/30: must not be what tunnel1 has: AWS changes one tunnel at a time, and takes no range twice; choose a range that neither tunnel has, and take this one in a later `up`",
  ]);
});

test("accepted: the tunnels' inside ranges change places over a third one", (t) => {
  for (const [from, to] of [
    [tunnels, { ...tunnels, tunnel2: third }],
    [
      { ...tunnels, tunnel2: third },
      { tunnel1: tunnels.tunnel2, tunnel2: third },
    ],
    [
      { tunnel1: tunnels.tunnel2, tunnel2: third },
      { tunnel1: tunnels.tunnel2, tunnel2: tunnels.tunnel1 },
    ],
  ] as const)
    t.deepEqual(problems({ vpn: { insideCidrs: to } }, { ...up, insideCidrs: from }), []);
});

const accepted: readonly (readonly [title: string, change: object, former: Former])[] = [
  ["a first up, and one after a destroy", { services: { valkey: redis() } }, { services: {} }],
  ["a stack that stays as it is", { services: { redis: redis() } }, up],
  ["more ranges of the VPC", { network: { secondaryCidrs: ["10.1.0.0/16"] } }, up],
  ["a service that says what it was called", { services: { valkey: redis({ formerly: "redis" }) } }, up],
  ["a removed service whose port nothing takes", { services: { valkey: service } }, up],
  [
    "a service on a node that the removed one leaves free",
    { services: { valkey: redis() } },
    { ...up, services: { redis: { tasks: 1, ports: ["tcp/6379"], attributes: {} } } },
  ],
  [
    "a service on other nodes than the removed one",
    { services: { valkey: redis({ placement: { attributes: { "hybrid.host": "pi-1" } } }) } },
    {
      ...up,
      services: { redis: { tasks: 1, ports: ["tcp/6379"], attributes: { "hybrid.host": "pi-2" } } },
    },
  ],
  [
    "the same port by another protocol",
    { services: { valkey: redis() } },
    { ...up, services: { redis: { tasks: 2, ports: ["udp/6379"], attributes: {} } } },
  ],
  [
    "another cluster and another key than the stack's own",
    { services: {}, cluster: { existing: { name: "shared" }, keyArn } },
    { ...up, services: {}, ownCluster: "hybrid-home", ownKey: keyArn.replace("0a1b", "1a1b") },
  ],
  [
    "a cluster and a key of the stack's own that stay",
    {},
    { ...up, services: {}, ownCluster: "hybrid-home", ownKey: keyArn },
  ],
  [
    "an existing VPC that stays",
    existing("vpc-0123456789abcdef0"),
    { ...up, vpc: { id: "vpc-0123456789abcdef0" } },
  ],
];

for (const [title, change, former] of accepted)
  test(`accepted: ${title}`, (t) => {
    t.deepEqual(problems(change, former), []);
  });
