import test from "ava";
import fc from "fast-check";
import { type StaticRouteArgs, staticRoute } from "../../../pi/steps/static-route.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";
import { debian } from "../../support/stand-ins/debian.ts";
import { host, type Part } from "../../support/stand-ins/host.ts";
import {
  dhcpcd,
  ifupdown,
  netplan,
  networkd,
  networkManager,
  tunnels,
  wireless,
} from "../../support/stand-ins/network.ts";

const args: StaticRouteArgs = { destinations: ["10.0.0.0/16"], gateway: "192.168.1.196" };

/** What can configure the network, each with the file that gives it the route. */
const managers = {
  netplan: [netplan(), "/etc/netplan/90-ecs-anywhere-hybrid.yaml"],
  networkd: [networkd, "/etc/systemd/network/10-eth0.network.d/ecs-anywhere-hybrid.conf"],
  networkmanager: [networkManager(), "/etc/ecs-anywhere-hybrid/static-route"],
  dhcpcd: [dhcpcd, "/etc/dhcpcd.exit-hook"],
  ifupdown: [ifupdown, "/etc/network/if-up.d/ecs-anywhere-hybrid"],
} as const;

for (const [manager, [configuration, path]] of Object.entries(managers)) {
  test(`${manager}: the route is added, stays, moves to another gateway, and is removed by undo`, async (t) => {
    t.timeout(60_000);
    const at = host(t, debian("12"), configuration);
    const before = at.snapshot();
    const first = await at.succeed(staticRoute(args));
    t.deepEqual(first.changed, [path]);
    t.deepEqual(first.facts, { networkManager: manager, interface: "eth0" });
    t.regex(at.routes, /^10\.0\.0\.0\/16 via 192\.168\.1\.196 dev eth0/m);
    t.deepEqual((await at.succeed(staticRoute(args))).changed, []);
    const other = staticRoute({ ...args, gateway: "192.168.1.197" });
    await at.succeed(other);
    t.regex(at.routes, /via 192\.168\.1\.197/);
    t.notRegex(at.routes, /via 192\.168\.1\.196/);
    await at.succeed(other, "undo");
    t.deepEqual(at.snapshot(), before);
    t.is(at.routes, "");
  });

  test(`${manager}: a route that is gone is added again`, async (t) => {
    const at = host(t, debian("12"), configuration);
    await at.succeed(staticRoute(args));
    at.routes = "";
    t.deepEqual((await at.succeed(staticRoute(args))).changed, ["apply"]);
    t.regex(at.routes, /via 192\.168\.1\.196/);
  });
}

const second = { ...args, destinations: ["10.0.0.0/16", "10.64.0.0/16"] };
for (const [manager, [configuration, path]] of Object.entries(managers)) {
  test(`${manager}: the VPC gets a second range and loses it again; undo removes both`, async (t) => {
    t.timeout(60_000);
    const at = host(t, debian("12"), configuration);
    const before = at.snapshot();
    await at.succeed(staticRoute(args));
    const alone = at.read(path);
    t.deepEqual((await at.succeed(staticRoute(second))).changed, [path]);
    t.regex(at.routes, /^10\.0\.0\.0\/16 via 192\.168\.1\.196 dev eth0/m);
    t.regex(at.routes, /^10\.64\.0\.0\/16 via 192\.168\.1\.196 dev eth0/m);
    t.deepEqual((await at.succeed(staticRoute(second))).changed, []);
    await at.succeed(staticRoute(args));
    t.regex(at.routes, /^10\.0\.0\.0\/16 via 192\.168\.1\.196 dev eth0[^\n]*\n$/);
    t.is(at.read(path), alone);
    await at.succeed(staticRoute(second));
    await at.succeed(staticRoute(second), "undo");
    t.deepEqual(at.snapshot(), before);
    t.is(at.routes, "");
  });
}

test("a host in another range of the site takes the router that knows the way to the gateway", async (t) => {
  const at = host(t, debian("12"), networkd);
  const way = "192.168.1.196 via 192.168.2.1 dev eth0 src 192.168.2.103 uid 0";
  at.fake(
    "ip",
    `case "$*" in
  *"route get 192.168.1.196") echo '${way}' ;;
  *"route get 10."*) echo '10.0.0.1 via 192.168.2.1 dev eth0 src 192.168.2.103' ;;
  *"link show"*) echo '2: eth0: <UP> mtu 1500' ;;
esac`,
  );
  t.regex(
    await at.refuse(staticRoute(args)),
    /gateway: 192\.168\.1\.196: .*must be another host of this host's own network/,
  );
  await at.succeed(staticRoute({ ...args, routed: true }));
  t.is(at.read(managers.networkd[1]), "[Route]\nDestination=10.0.0.0/16\nGateway=192.168.2.1\n");
});

test("netplan: the definition is the one that netplan has, of its kind; checked with the host's others first", async (t) => {
  const at = host(t, debian("12"), netplan());
  await at.succeed(staticRoute({ ...args, mtu: 1400 }));
  t.is(
    at.read("/etc/netplan/90-ecs-anywhere-hybrid.yaml"),
    `network:
  version: 2
  ethernets:
    home:
      routes:
        - to: 10.0.0.0/16
          via: 192.168.1.196
          mtu: 1400
`,
  );
  t.is(at.mode("/etc/netplan/90-ecs-anywhere-hybrid.yaml"), 0o600);
  const generate = at.calls().find((call) => call.startsWith("netplan generate --root-dir "));
  t.truthy(generate);
});

test("netplan: what it refuses is not installed", async (t) => {
  const at = host(t, debian("12"), netplan({ refuses: "Error in network definition" }));
  const before = at.snapshot();
  t.regex(
    await at.refuse(staticRoute(args)),
    /netplan generate .*: exit status 1: must be 0; see what it printed:\nError in network definition/,
  );
  t.deepEqual(at.snapshot(), before);
});

test("netplan over NetworkManager comes before NetworkManager; a profile of NetworkManager's own does not", async (t) => {
  const own = host(t, debian("12"), networkManager({ runtimeProfile: "netplan-NM-1234" }));
  t.is((await own.succeed(staticRoute(args))).facts.networkManager, "networkmanager");
  await own.succeed(staticRoute(args), "undo");

  const wifi = host(t, debian("12"), networkManager({ runtimeProfile: "netplan-eth0-Home SSID" }), wireless);
  t.is((await wifi.succeed(staticRoute(args))).facts.networkManager, "netplan");
  t.regex(wifi.read("/etc/netplan/90-ecs-anywhere-hybrid.yaml"), /^ {2}wifis:\n {4}eth0:\n/m);
});

test("the files of the others carry the MTU too", async (t) => {
  const content = async (configuration: Part, path: string) => {
    const at = host(t, debian("12"), configuration);
    await at.succeed(staticRoute({ ...args, mtu: 1400 }));
    return at.read(path);
  };
  t.is(
    await content(networkd, managers.networkd[1]),
    "[Route]\nDestination=10.0.0.0/16\nGateway=192.168.1.196\nMTUBytes=1400\n",
  );
  t.is(
    await content(networkManager(), managers.networkmanager[1]),
    "11-22 10.0.0.0/16 192.168.1.196 mtu=1400\n",
  );
  t.is(
    await content(ifupdown, managers.ifupdown[1]),
    '#!/bin/sh\n[ "$IFACE" != eth0 ] || ip route replace 10.0.0.0/16 via 192.168.1.196 dev eth0 mtu 1400\n',
  );
  t.regex(
    await content(dhcpcd, managers.dhcpcd[1]),
    /^echo theirs .*case \$reason in BOUND \| RENEW \| REBIND \| REBOOT \| STATIC \| INFORM\) ip route replace 10\.0\.0\.0\/16 via 192\.168\.1\.196 dev eth0 mtu 1400 ;; esac\nfi\n# <<</s,
  );
});

test("an interface that no manager configures, and a gateway that is not a neighbour, are errors", async (t) => {
  const at = host(t, debian("12"));
  t.regex(
    await at.refuse(staticRoute(args)),
    /network: eth0 is not configured by netplan, .*: must be configured by one of them, so that it outlives a reboot; let/,
  );
  for (const hop of ["192.168.1.196 via 192.168.1.1 dev eth0", "local 192.168.1.196 dev lo"]) {
    at.fake("ip", `echo "${hop}"`);
    t.regex(
      await at.refuse(staticRoute(args)),
      new RegExp(`gateway: 192.168.1.196: ${hop}: must be another host`),
    );
  }
});

// why: an up that gave the gateway's role to another host failed on the former gateway (a90a06b): an up deletes last.
test("on a host that is a gateway until the up has ended, the route is ready; on another it must be in force", async (t) => {
  const at = host(t, debian("12"), netplan(), tunnels);
  t.regex(
    await at.refuse({ ...staticRoute(args), settleSeconds: 0 }),
    /route to 10\.0\.0\.0\/16: 10\.0\.0\.1 dev ipsec0 table 220 .*: must be via 192\.168\.1\.196; look for another/,
  );
  at.write("/var/lib/ecs-anywhere-hybrid/vpn-gateway/manifest", "");
  await at.succeed(staticRoute(args));
  t.regex(at.routes, /^10\.0\.0\.0\/16 via 192\.168\.1\.196 dev eth0/m);
});

test("a route that does not come into force is removed, and the error has the running system's message", async (t) => {
  const at = host(t, debian("12"), netplan());
  const before = at.snapshot();
  // It reports success, and sets no route.
  at.fake("netplan");
  const stderr = await at.refuse({ ...staticRoute(args), settleSeconds: 0 });
  t.regex(
    stderr,
    /route to 10\.0\.0\.0\/16: 10\.0\.0\.1 via 192\.168\.1\.1 .*: must be via 192\.168\.1\.196; look for another/,
  );
  t.deepEqual(at.snapshot(), before);
});

test("the address that is looked up is in the range, and is not its first one", (t) => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), fc.integer({ min: 16, max: 30 }), (b, c, bits) => {
      const base = ((10 << 24) | (b << 16) | (c << 8)) & (-1 << (32 - bits));
      const dotted = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join(".");
      const { variables } = staticRoute({ ...args, destinations: [`${dotted(base)}/${bits}`] });
      t.is(variables?.TARGETS, dotted(base + 1));
    }),
  );
});

test("every script passes shellcheck", (t) => hasGoodScripts(t, staticRoute({ ...args, mtu: 1400 })));
