/** The programs that the step puts on the gateway, run for real by `dash` with stand-ins for what they call. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { gatewayArgs } from "./args.ts";
import { Bench } from "./bench.ts";

/** What `ipsec statusall` of strongSwan 5.9.8 prints, by state. */
const stroke = {
  installed: `     TUNNEL[1]: ESTABLISHED 16 seconds ago, 192.168.1.196[198.51.100.7]...203.0.113.17[203.0.113.17]
     TUNNEL[1]: IKEv2 SPIs: 41aaefe1d09e60fd_i* d6d8998174affe39_r, rekeying in 7 hours
     TUNNEL{2}:  INSTALLED, TUNNEL, reqid 1, ESP in UDP SPIs: 00c4021d_i fbf0e173_o
     TUNNEL{2}:  AES_GCM_16_256, 336 bytes_i (4 pkts, 2s ago), 84 bytes_o (1 pkt, 2s ago), rekeying in 45 minutes
     TUNNEL{2}:   192.168.1.0/24 === 10.0.0.0/16
`,
  established: `     TUNNEL[1]: ESTABLISHED 16 seconds ago, 192.168.1.196[198.51.100.7]...203.0.113.17[203.0.113.17]
`,
  connecting: `     TUNNEL[5]: CONNECTING, 192.168.1.196[%any]...203.0.113.17[%any]
     TUNNEL[5]: IKEv2 SPIs: 41aaefe1d09e60fd_i* 0000000000000000_r
`,
  none: "",
};

/** What `swanctl --list-sas --raw` of strongSwan 5.9.8 prints, by state. */
const vici = {
  installed:
    "list-sa event {TUNNEL {uniqueid=2 version=2 state=ESTABLISHED local-host=192.168.1.196 established=8 child-sas {TUNNEL-2 {name=TUNNEL uniqueid=2 reqid=1 state=INSTALLED mode=TUNNEL protocol=ESP encap=yes bytes-in=336 packets-in=4 bytes-out=84 packets-out=1 local-ts=[192.168.1.0/24] remote-ts=[10.0.0.0/16]}}}}\n",
  established: "list-sa event {TUNNEL {uniqueid=2 version=2 state=ESTABLISHED established=8 child-sas {}}}\n",
  connecting:
    "list-sa event {TUNNEL {uniqueid=3 version=2 state=CONNECTING local-host=192.168.1.196 tasks-active=[IKE_INIT] child-sas {}}}\n",
  none: "",
};

type State = keyof typeof stroke;
const states = Object.keys(stroke) as State[];

const daemons = [
  [
    "ipsec.conf",
    "stroke",
    stroke,
    "Connections:\n     tunnel1:  %any...203.0.113.17  IKEv2, dpddelay=3s\nSecurity Associations (1 up, 1 connecting):\n",
  ],
  ["swanctl.conf", "swanctl", vici, ""],
] as const;

const say = (text: string) => `cat <<'END'\n${text}END`;

for (const [format, command, output, head] of daemons) {
  const daemonSays = (bench: Bench, first: State, second: State) =>
    bench.fake(
      command,
      `case "$*" in statusall | "--list-sas --raw") ${say(
        head +
          output[first].replaceAll("TUNNEL", "tunnel1") +
          output[second].replaceAll("TUNNEL", "tunnel2") +
          (format === "swanctl.conf" ? "list-sas reply {}\n" : ""),
      )}\n;; esac`,
    );

  test(`${format}: vpn-status reports every state of each tunnel`, async (t) => {
    const bench = new Bench(t, gatewayArgs(format, "userspace"));
    for (const first of states) {
      for (const second of states) {
        daemonSays(bench, first, second);
        const bytes = (state: State) => (state === "installed" ? "336 84" : "0 0");
        t.is(
          await bench.run("vpn-status"),
          `tunnel1 ${first} ${bytes(first)}\ntunnel2 ${second} ${bytes(second)}\n`,
        );
      }
    }
  });

  test(`${format}: vpn-status fails when the daemon does not answer`, async (t) => {
    const bench = new Bench(t, gatewayArgs(format, "userspace"));
    bench.fake(command, "exit 1");
    await t.throwsAsync(bench.run("vpn-status"));
  });

  test(`${format}: the watchdog starts what charon gave up on, and leaves alone what charon is working on`, async (t) => {
    const bench = new Bench(t, gatewayArgs(format, "userspace"));
    bench.fake("ip", "echo '220: from all lookup 220'");
    if (format === "ipsec.conf") bench.fake("ipsec");
    const initiated = async (first: State, second: State) => {
      daemonSays(bench, first, second);
      await bench.run("vpn-watchdog", ["once"]);
      return bench
        .calls()
        .flatMap((call) => call.match(/^(?:ipsec up|swanctl --initiate --child) (\w+)/)?.[1] ?? []);
    };
    t.deepEqual(await initiated("installed", "installed"), []);
    t.deepEqual(await initiated("connecting", "installed"), []);
    t.deepEqual(await initiated("installed", "none"), ["tunnel2"]);
    t.deepEqual(await initiated("established", "connecting"), ["tunnel1"]);
    t.deepEqual((await initiated("none", "none")).sort(), ["tunnel1", "tunnel2"]);
  });

  test(`${format}: on the kernel path the watchdog keeps the routes correct`, async (t) => {
    const bench = new Bench(t, gatewayArgs(format, "kernel"));
    daemonSays(bench, "installed", "connecting");
    // The first tunnel's route was removed by hand; the second one's was left by a charon that was killed.
    bench.fake(
      "ip",
      'case "$*" in *"route show") echo "10.0.0.0/16 dev tunnel2 metric 200" ;; *"addr show"*) echo "2: eth0 inet 192.168.1.196/24 scope global eth0" ;; esac',
    );
    await bench.run("vpn-watchdog", ["once"]);
    const calls = bench.calls();
    t.true(calls.includes("ip route replace 10.0.0.0/16 dev tunnel1 src 192.168.1.196 metric 100"));
    t.true(calls.includes("ip route del 10.0.0.0/16 dev tunnel2 metric 200"));
  });

  test(`${format}: the watchdog adds the routes of a range that the VPC got, and deletes those of one that it lost`, async (t) => {
    const bench = new Bench(t, {
      ...gatewayArgs(format, "kernel"),
      vpcCidrs: ["10.0.0.0/16", "10.8.0.0/16"],
    });
    daemonSays(bench, "installed", "installed");
    const kernel = [
      "default via 192.168.1.1 dev eth0 proto dhcp metric 100",
      "110.8.0.0/16 dev tunnel1 scope link metric 7",
      "10.0.0.0/16 dev tunnel1 scope link src 192.168.1.196 metric 100",
      "10.0.0.0/16 dev tunnel2 scope link src 192.168.1.196 metric 200",
      "10.8.0.0/16 dev tunnel2 scope link src 192.168.1.196 metric 200",
      "10.9.0.0/16 dev tunnel2 scope link src 192.168.1.196 metric 200",
      "169.254.10.0/30 dev tunnel1 proto kernel scope link src 169.254.10.2",
    ];
    bench.fake(
      "ip",
      `case "$*" in *"route show") printf '%s\\n' ${kernel.map((line) => `'${line}'`).join(" ")} ;; *"addr show"*) echo "2: eth0 inet 192.168.1.196/24 scope global eth0" ;; esac`,
    );
    await bench.run("vpn-watchdog", ["once"]);
    t.deepEqual(
      bench.calls().filter((call) => /route (replace|del)/.test(call)),
      [
        "ip route replace 10.0.0.0/16 dev tunnel1 src 192.168.1.196 metric 100",
        "ip route replace 10.8.0.0/16 dev tunnel1 src 192.168.1.196 metric 100",
        "ip route del 10.9.0.0/16 dev tunnel2 metric 200",
      ],
    );
  });
}

test("the watchdog restores charon's routing rule on the userspace path", async (t) => {
  const bench = new Bench(t, gatewayArgs("ipsec.conf", "userspace"));
  bench.fake("stroke", say(stroke.installed));
  bench.fake("ip", "echo '32766: from all lookup main'");
  await bench.run("vpn-watchdog", ["once"]);
  t.true(bench.calls().includes("ip -4 rule add pref 220 table 220"));
});

const pluto = {
  PLUTO_CONNECTION: "tunnel1",
  PLUTO_VERB: "up-client",
  PLUTO_INTERFACE: "eth0",
  PLUTO_ME: "192.168.1.196",
  PLUTO_PEER: "203.0.113.17",
};
const address =
  'case "$*" in *"addr show"*) echo "2: eth0 inet 192.168.1.196/24 scope global eth0" ;; "link show"*) exit 1 ;; esac';

const routes = [
  "ip addr replace 169.254.10.2/30 dev tunnel1 scope link",
  "ip link set dev tunnel1 mtu 1438 up",
  "ip -4 -o addr show scope global to 192.168.1.0/24",
  "ip route replace 10.0.0.0/16 dev tunnel1 src 192.168.1.196 metric 100",
];

test("vpn-updown with VTI: interface, its three settings, then the route", async (t) => {
  const bench = new Bench(t, gatewayArgs("ipsec.conf", "kernel"));
  bench.fake("ip", address);
  await bench.run("vpn-updown", [], pluto);
  t.deepEqual(bench.calls(), [
    "ip -d link show dev tunnel1",
    "ip link del dev tunnel1",
    "ip link add tunnel1 type vti local 192.168.1.196 remote 203.0.113.17 key 100",
    ...routes.slice(0, 2),
    "ip route flush cache",
    ...routes.slice(2),
  ]);
  t.is(bench.read("proc/sys/net/ipv4/conf/tunnel1/disable_policy"), "1\n");
  t.is(bench.read("proc/sys/net/ipv4/conf/eth0/disable_xfrm"), "1\n");
  t.is(bench.read("proc/sys/net/ipv4/conf/eth0/disable_policy"), "1\n");
  t.is(bench.read("run/vti-physical"), "eth0\n", "so that undo knows where the settings are");

  bench.fake("ip", 'echo "    vti remote 203.0.113.17 local 192.168.1.196 ikey 0.0.0.100"');
  await bench.run("vpn-updown", [], pluto);
  t.false(
    bench.calls().some((call) => /link (del|add)/.test(call)),
    "charon runs it for each pair of selectors",
  );
});

test("what the programs keep in /run is for root alone, whichever comes first after a boot; the metrics are for all", async (t) => {
  const mode = (bench: Bench) => (statSync(join(bench.folder, "run")).mode & 0o777).toString(8);
  const updown = new Bench(t, gatewayArgs("ipsec.conf", "kernel"));
  updown.fake("ip", address);
  await updown.run("vpn-updown", [], pluto);
  t.is(mode(updown), "700");
  const watchdog = new Bench(t, gatewayArgs("swanctl.conf", "kernel"));
  watchdog.fake("swanctl");
  watchdog.fake("ip");
  await watchdog.run("vpn-watchdog", ["once"]);
  t.is(mode(watchdog), "700");
  const unit = vpnGateway(gatewayArgs("swanctl.conf", "kernel")).files?.find(({ path }) =>
    path.endsWith("vpn-watchdog.service"),
  );
  t.regex(unit?.content ?? "", /^RuntimeDirectory=ecs-anywhere-hybrid-metrics$/m);
});

test("vpn-updown with XFRM interfaces: no setting of any interface", async (t) => {
  const bench = new Bench(t, gatewayArgs("swanctl.conf", "kernel"));
  bench.fake("ip", address);
  await bench.run("vpn-updown", [], { ...pluto });
  t.deepEqual(bench.calls(), [
    "ip link show dev tunnel1",
    "ip link add tunnel1 type xfrm dev eth0 if_id 100",
    ...routes,
  ]);
  t.false(existsSync(join(bench.folder, "proc/sys/net/ipv4/conf/eth0/disable_xfrm")));
});

test("vpn-updown removes the route with its tunnel, and ignores other connections", async (t) => {
  const bench = new Bench(t, gatewayArgs("swanctl.conf", "kernel"));
  bench.fake("ip");
  await bench.run("vpn-updown", [], { ...pluto, PLUTO_CONNECTION: "tunnel2", PLUTO_VERB: "down-client" });
  t.deepEqual(bench.calls(), ["ip route del 10.0.0.0/16 dev tunnel2 metric 200"]);
  await bench.run("vpn-updown", [], { ...pluto, PLUTO_CONNECTION: "office" });
  t.deepEqual(bench.calls(), []);
});

test("vpn-updown gives no route to a tunnel that the watchdog holds", async (t) => {
  const bench = new Bench(t, gatewayArgs("swanctl.conf", "kernel"));
  bench.fake("ip", address);
  bench.put("run/vpn-held-tunnel1", "");
  await bench.run("vpn-updown", [], pluto);
  t.deepEqual(
    bench.calls().filter((call) => call.includes("route")),
    [],
  );
});

/** A FORWARD chain of Docker's; its rules are a file. */
const chain = (bench: Bench) =>
  bench.fake(
    "iptables",
    `shift; verb=$1; shift; rule="-A $*"; rules='${bench.folder}/rules'
case $verb in
  -S) echo "-P FORWARD DROP"; cat "$rules" ;;
  -C) grep -qxF -e "$rule" "$rules" ;;
  -I) echo "$rule" >>"$rules" ;;
  -D) grep -qxF -e "$rule" "$rules" && { grep -vxF -e "$rule" "$rules" >"$rules.new" || :; mv "$rules.new" "$rules"; } ;;
esac`,
  );

test("vpn-firewall accepts the tunnels' traffic in Docker's chain once, and removes all of it, also what it accepted with other arguments", async (t) => {
  const mine = (rule: string) =>
    `-A FORWARD ${rule} -m comment --comment ecs-anywhere-hybrid-vpn -j ACCEPT\n`;
  const docker = "-A FORWARD -o docker0 -m comment --comment of-somebody -j DOCKER\n";
  const old = mine("-s 10.0.0.0/16 -d 192.168.0.0/23 -i tunnel1");
  const bench = new Bench(t, gatewayArgs("ipsec.conf", "userspace"));
  bench.fake("nft");
  chain(bench);
  bench.put("rules", docker);
  const both =
    mine("-i ipsec+ -s 10.0.0.0/16 -d 192.168.1.0/24") + mine("-o ipsec+ -s 192.168.1.0/24 -d 10.0.0.0/16");
  await bench.run("vpn-firewall", ["up"]);
  t.is(bench.read("rules"), docker + both);
  await bench.run("vpn-firewall", ["up"]);
  t.is(bench.read("rules"), docker + both);
  bench.put("rules", old + docker + both);
  await bench.run("vpn-firewall", ["down"]);
  t.is(bench.read("rules"), docker);
  t.false(
    bench.calls().some((call) => call.startsWith("nft ")),
    "the table is the converge program's",
  );
});

test("vpn-firewall accepts each pair of ranges", async (t) => {
  const bench = new Bench(t, {
    ...gatewayArgs("ipsec.conf", "userspace"),
    siteCidrs: ["192.168.1.0/24", "192.168.2.0/24"],
    vpcCidrs: ["10.0.0.0/16", "10.8.0.0/16"],
  });
  chain(bench);
  bench.put("rules", "");
  await bench.run("vpn-firewall", ["up"]);
  await bench.run("vpn-firewall", ["up"]);
  const rules = bench.read("rules").split("\n").filter(Boolean);
  t.is(rules.length, 8);
  for (const pair of [
    "-i ipsec+ -s 10.8.0.0/16 -d 192.168.2.0/24",
    "-o ipsec+ -s 192.168.2.0/24 -d 10.0.0.0/16",
  ])
    t.true(
      rules.some((rule) => rule.includes(pair)),
      pair,
    );
  await bench.run("vpn-firewall", ["down"]);
  t.is(bench.read("rules"), "");
});
