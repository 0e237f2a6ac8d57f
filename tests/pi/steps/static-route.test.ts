import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { type StaticRouteArgs, staticRoute } from "../../../pi/steps/static-route.ts";
import { ScratchRoot } from "../../support/scratch-root.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";

const args: StaticRouteArgs = { destination: "10.0.0.0/16", gateway: "192.168.1.196" };

/** A host with eth0, whose kernel's routes to the VPC are the lines of /run/routes; with /run/tunnels tunnels come first. */
class Host extends ScratchRoot {
  constructor() {
    super();
    this.fake(
      "ip",
      `
case "$*" in
  "-o link show dev eth0") echo "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500" ;;
  "-o route get 192.168.1.1"*) echo "$4 dev eth0 src 192.168.1.101 uid 0 \\\\    cache" ;;
  "-o route get 10."*)
    [ ! -e "$ROOT/run/tunnels" ] || { echo "$4 dev ipsec0 table 220 src 192.168.1.101 uid 0"; exit; }
    via=$(tail -n 1 "$ROOT/run/routes" 2>/dev/null | cut -d ' ' -f 3)
    echo "$4 via \${via:-192.168.1.1} dev eth0 src 192.168.1.101 uid 0 \\\\    cache"
    ;;
  "-4 route show table main 10.0.0.0/16 via "*) grep "via $8 dev \${10}" "$ROOT/run/routes" ;;
  "route replace "*) shift 2; echo "$*" >>"$ROOT/run/routes" ;;
  "route del "*) shift 2; grep -v "^$*" "$ROOT/run/routes" >"$ROOT/run/left"; mv "$ROOT/run/left" "$ROOT/run/routes" ;;
esac
`,
    );
    this.fake("sleep");
  }

  /** Tells the kernel what a manager's files say: `take` prints the gateway, or nothing. */
  configures(name: string, when: string, take: string): void {
    this.fake(
      name,
      `
case "$*" in
  ${when})
    gateway=$(${take})
    : >"$ROOT/run/routes"
    [ -z "$gateway" ] || echo "10.0.0.0/16 via $gateway dev eth0" >"$ROOT/run/routes"
    ;;
esac
`,
    );
  }
}

const viaNetplan = (host: Host) => {
  host.write(
    "/run/systemd/netif/links/2",
    "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-home.network\n",
  );
  host.write("/etc/netplan/10-home.yaml", "network: {}\n", 0o600);
  host.configures(
    "netplan",
    "apply",
    `sed -n 's/^ *via: //p' "$ROOT/etc/netplan/90-ecs-anywhere-hybrid.yaml" 2>/dev/null`,
  );
};
const viaNetworkd = (host: Host) => {
  host.write("/run/systemd/netif/links/2", "NETWORK_FILE=/etc/systemd/network/10-eth0.network\n");
  const dropIn = "/etc/systemd/network/10-eth0.network.d/ecs-anywhere-hybrid.conf";
  host.configures("networkctl", '"reconfigure eth0"', `sed -n 's/^Gateway=//p' "$ROOT${dropIn}" 2>/dev/null`);
};
const viaNetworkManager = (host: Host) => {
  host.write("/run/NetworkManager/devices/2", "[device]\nmanaged=true\nconnection-uuid=11-22\n");
  host.write(
    "/etc/NetworkManager/system-connections/home.nmconnection",
    "[connection]\nuuid=11-22\n[ipv4]\n",
    0o600,
  );
  host.fake(
    "nmcli",
    `
profile=$ROOT/etc/NetworkManager/system-connections/home.nmconnection
case "$*" in
  "connection modify 11-22 +ipv4.routes "*) set -- $5; echo "route1=$1,$2" >>"$profile" ;;
  "connection modify 11-22 -ipv4.routes "*)
    set -- $5
    grep -v "^route1=$1,$2$" "$profile" >"$ROOT/run/profile"
    cat "$ROOT/run/profile" >"$profile"
    ;;
  "device reapply eth0")
    sed -n 's/^route1=\\(.*\\),\\(.*\\)/\\1 via \\2 dev eth0/p' "$profile" >"$ROOT/run/routes" ;;
esac
`,
  );
};
const viaDhcpcd = (host: Host) => {
  host.write("/run/dhcpcd/eth0-4.pid", "1\n");
  host.write("/etc/dhcpcd.exit-hook", "echo theirs >/dev/null\n");
};
const viaIfupdown = (host: Host) => host.write("/run/network/ifstate.eth0", "eth0\n");

const managers = {
  netplan: [viaNetplan, "/etc/netplan/90-ecs-anywhere-hybrid.yaml"],
  networkd: [viaNetworkd, "/etc/systemd/network/10-eth0.network.d/ecs-anywhere-hybrid.conf"],
  networkmanager: [viaNetworkManager, "/etc/ecs-anywhere-hybrid/static-route"],
  dhcpcd: [viaDhcpcd, "/etc/dhcpcd.exit-hook"],
  ifupdown: [viaIfupdown, "/etc/network/if-up.d/ecs-anywhere-hybrid"],
} as const;

function host(t: ExecutionContext, prepare: (host: Host) => void): Host {
  const host = new Host();
  t.teardown(() => host.remove());
  prepare(host);
  return host;
}

const routes = (host: Host) => (host.exists("/run/routes") ? host.read("/run/routes") : "");

for (const [manager, [prepare, path]] of Object.entries(managers)) {
  test(`${manager}: the route comes, stays, moves to another gateway, and goes with undo`, async (t) => {
    t.timeout(60_000);
    const at = host(t, prepare);
    const before = at.snapshot();
    const first = await at.succeed(staticRoute(args));
    t.deepEqual(first.changed, [path]);
    t.deepEqual(first.facts, { networkManager: manager, interface: "eth0" });
    t.regex(routes(at), /^10\.0\.0\.0\/16 via 192\.168\.1\.196 dev eth0/m);
    t.deepEqual((await at.succeed(staticRoute(args))).changed, []);
    const other = staticRoute({ ...args, gateway: "192.168.1.197" });
    await at.succeed(other);
    t.regex(routes(at), /via 192\.168\.1\.197/);
    t.notRegex(routes(at), /via 192\.168\.1\.196/);
    await at.succeed(other, "undo");
    t.deepEqual(at.snapshot(), before);
    t.is(routes(at), "");
  });

  test(`${manager}: a route that is gone is brought back`, async (t) => {
    const at = host(t, prepare);
    await at.succeed(staticRoute(args));
    at.write("/run/routes", "");
    t.deepEqual((await at.succeed(staticRoute(args))).changed, ["apply"]);
    t.regex(routes(at), /via 192\.168\.1\.196/);
  });
}

test("netplan: the definition is the one that netplan has, of its kind; checked with the host's others first", async (t) => {
  const at = host(t, viaNetplan);
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

test("netplan: what it refuses is not put in place", async (t) => {
  const at = host(t, viaNetplan);
  const before = at.snapshot();
  at.fake("netplan", "echo 'Error in network definition' >&2; exit 1");
  t.regex(
    await at.refuse(staticRoute(args)),
    /netplan generate .*: exit status 1: must be 0; see what it printed:\nError in network definition/,
  );
  t.deepEqual(at.snapshot(), before);
});

test("netplan over NetworkManager comes before NetworkManager; a profile of NetworkManager's own does not", async (t) => {
  const at = host(t, viaNetworkManager);
  at.write("/run/NetworkManager/system-connections/netplan-NM-1234.nmconnection", "uuid=11-22\n");
  t.is((await at.succeed(staticRoute(args))).facts.networkManager, "networkmanager");
  await at.succeed(staticRoute(args), "undo");

  const wifi = host(t, viaNetworkManager);
  wifi.write("/run/NetworkManager/system-connections/netplan-eth0-Home SSID.nmconnection", "uuid=11-22\n");
  wifi.write("/sys/class/net/eth0/wireless/x", "");
  wifi.configures(
    "netplan",
    "apply",
    `sed -n 's/^ *via: //p' "$ROOT/etc/netplan/90-ecs-anywhere-hybrid.yaml"`,
  );
  t.is((await wifi.succeed(staticRoute(args))).facts.networkManager, "netplan");
  t.regex(wifi.read("/etc/netplan/90-ecs-anywhere-hybrid.yaml"), /^ {2}wifis:\n {4}eth0:\n/m);
});

test("the files of the others carry the MTU too", async (t) => {
  const content = async (prepare: (host: Host) => void, path: string) => {
    const at = host(t, prepare);
    await at.succeed(staticRoute({ ...args, mtu: 1400 }));
    return at.read(path);
  };
  t.is(
    await content(viaNetworkd, managers.networkd[1]),
    "[Route]\nDestination=10.0.0.0/16\nGateway=192.168.1.196\nMTUBytes=1400\n",
  );
  t.is(
    await content(viaNetworkManager, managers.networkmanager[1]),
    "11-22 10.0.0.0/16 192.168.1.196 mtu=1400\n",
  );
  t.is(
    await content(viaIfupdown, managers.ifupdown[1]),
    '#!/bin/sh\n[ "$IFACE" != eth0 ] || ip route replace 10.0.0.0/16 via 192.168.1.196 dev eth0 mtu 1400\n',
  );
  t.regex(
    await content(viaDhcpcd, managers.dhcpcd[1]),
    /^echo theirs .*case \$reason in BOUND \| RENEW \| REBIND \| REBOOT \| STATIC \| INFORM\) ip route replace 10\.0\.0\.0\/16 via 192\.168\.1\.196 dev eth0 mtu 1400 ;; esac\nfi\n# <<</s,
  );
});

test("an interface that nobody configures, and a gateway that is no neighbour, are errors", async (t) => {
  const at = host(t, () => {});
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

test("on a host that is a gateway until the up has ended, the route is ready; on another it must be in force", async (t) => {
  const at = host(t, viaNetplan);
  at.write("/run/tunnels", "");
  t.regex(
    await at.refuse({ ...staticRoute(args), settleSeconds: 0 }),
    /route to 10\.0\.0\.0\/16: 10\.0\.0\.1 dev ipsec0 table 220 .*: must be via 192\.168\.1\.196; look for another/,
  );
  at.write("/var/lib/ecs-anywhere-hybrid/vpn-gateway/manifest", "");
  await at.succeed(staticRoute(args));
  t.regex(routes(at), /^10\.0\.0\.0\/16 via 192\.168\.1\.196 dev eth0/m);
});

test("a route that does not come into force is taken back, with the running system's words", async (t) => {
  const at = host(t, viaNetplan);
  const before = at.snapshot();
  at.fake("netplan");
  const stderr = await at.refuse({ ...staticRoute(args), settleSeconds: 0 });
  t.regex(
    stderr,
    /route to 10\.0\.0\.0\/16: 10\.0\.0\.1 via 192\.168\.1\.1 .*: must be via 192\.168\.1\.196; look for another/,
  );
  t.deepEqual(at.snapshot(), before);
});

test("the address that is asked for lies in the range, and is not its first", (t) => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), fc.integer({ min: 16, max: 30 }), (b, c, bits) => {
      const base = ((10 << 24) | (b << 16) | (c << 8)) & (-1 << (32 - bits));
      const dotted = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join(".");
      const { variables } = staticRoute({ ...args, destination: `${dotted(base)}/${bits}` });
      t.is(variables?.TARGET, dotted(base + 1));
    }),
  );
});

test("every script passes shellcheck", (t) => hasGoodScripts(t, staticRoute({ ...args, mtu: 1400 })));
