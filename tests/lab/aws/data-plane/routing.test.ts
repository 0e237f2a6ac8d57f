import test from "ava";
import { changes } from "../../../../lab/aws/data-plane/namespace.ts";
import { endpointSide, vpcSide } from "../../../../lab/aws/data-plane/routing.ts";
import { choose, tunnelState } from "../../../../lab/aws/data-plane/tunnels.ts";
import { network } from "./support.ts";

test("the VPC reaches the site through the chosen endpoint, and not at all while no tunnel is up", (t) => {
  t.deepEqual(vpcSide(network(), 2).routes, { "10.0.0.0/16": "blackhole", "192.168.1.0/24": "10.0.252.1" });
  t.deepEqual(vpcSide(network(), undefined).routes, {
    "10.0.0.0/16": "blackhole",
    "192.168.1.0/24": "blackhole",
  });
  t.deepEqual(vpcSide(network(), 1).addresses, {
    lo: [
      ...["10.0.240.4/32", "10.0.0.2/32", "10.0.0.16/32"],
      ...["10.0.0.17/32", "10.0.16.17/32", "10.0.0.18/32", "10.0.0.10/32", "10.0.0.11/32"],
    ],
    vgw1: ["10.0.251.2/30"],
    vgw2: ["10.0.252.2/30"],
  });
});

test("an endpoint has AWS's inside address of its own tunnel, and a route to the VPC", (t) => {
  const addresses = { lo: ["169.254.11.1/32"], vpc: ["10.0.252.1/30"] };
  const toVpc = { "10.0.0.0/16": "10.0.252.2" };
  const side = (dataPath: "kernel" | "userspace") => endpointSide(network(), 2, "203.0.113.33", dataPath);
  t.deepEqual(side("userspace"), { addresses, routes: toVpc });
  t.deepEqual(side("kernel"), {
    addresses,
    routes: { ...toVpc, "192.168.1.0/24": "dev ipsec0", "169.254.11.0/30": "dev ipsec0" },
  });
});

test("a second range of the VPC has a machine that answers, and the endpoints' route", (t) => {
  const secondaryCidrs = ["100.64.0.0/16"];
  const one = network();
  const desired = {
    ...one,
    vpcs: one.vpcs.map((vpc) => ({ ...vpc, secondaryCidrs })),
    vpnConnections: one.vpnConnections.map((vpn) => ({ ...vpn, vpcSecondaryCidrs: secondaryCidrs })),
  };
  const vpc = vpcSide(desired, 1);
  t.true(vpc.addresses.lo?.includes("100.64.0.4/32"));
  t.is(vpc.routes["100.64.0.0/16"], "blackhole");
  const { routes } = endpointSide(desired, 2, "203.0.113.33", "userspace");
  t.is(routes["100.64.0.0/16"], "10.0.252.2");
});

test("only differences are changed, and removals come first", (t) => {
  const wanted = {
    addresses: { lo: ["10.0.0.1/32"] },
    routes: { "10.0.0.0/16": "blackhole", "10.9.0.0/16": "10.0.0.2" },
  };
  t.deepEqual(changes({ addresses: {}, routes: { "192.168.1.0/24": "dev ipsec0" } }, {}, {}), [
    "route replace 192.168.1.0/24 dev ipsec0 proto 200",
  ]);
  t.deepEqual(changes(wanted, { lo: ["10.0.0.1/32"], eth0: ["192.0.2.1/24"] }, wanted.routes), []);
  t.deepEqual(
    changes(wanted, { lo: ["10.0.0.9/32"] }, { "10.9.0.0/16": "10.0.0.3", "10.8.0.0/16": "blackhole" }),
    [
      "route del blackhole 10.8.0.0/16 proto 200",
      "addr del 10.0.0.9/32 dev lo",
      "addr add 10.0.0.1/32 dev lo",
      "route replace blackhole 10.0.0.0/16 proto 200",
      "route replace 10.9.0.0/16 via 10.0.0.2 proto 200",
    ],
  );
});

test("the VPC stays on its tunnel while the tunnel is up", (t) => {
  t.is(choose(undefined, []), undefined);
  t.is(choose(undefined, [1, 2]), 1);
  t.is(choose(2, [1, 2]), 2);
  t.is(choose(2, [1]), 1);
  t.is(choose(2, []), undefined);
});

test("an IKE session alone carries no traffic", (t) => {
  const ike = "list-sa event {vpn-1 {uniqueid=1 version=2 state=ESTABLISHED child-sas {}}}";
  t.deepEqual(tunnelState(""), { up: false, statusMessage: "IPSEC IS DOWN" });
  t.false(tunnelState(ike).up);
  t.deepEqual(tunnelState(ike.replace("{}", "{vpn-1-1 {state=INSTALLED}}")), {
    up: true,
    statusMessage: "IPSEC IS UP",
  });
});
