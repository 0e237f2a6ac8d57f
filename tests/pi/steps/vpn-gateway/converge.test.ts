/** The step, converged and undone in a scratch root, with stand-ins for systemd, strongSwan, nft and ip. */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { type VpnGatewayArgs, vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { ScratchRoot } from "../../../support/scratch-root.ts";
import { combinations, gatewayArgs } from "./args.ts";

const settings = ["ip_forward", ...["all", "default", "eth0"].map((name) => `conf/${name}/send_redirects`)];

/** As `ipsec statusall` and `swanctl --list-sas --raw` say it; a state other than INSTALLED is that of the IKE_SA. */
const strokeSays = (tunnel: string, state: string) =>
  state === "INSTALLED"
    ? `${tunnel}[1]: ESTABLISHED\n${tunnel}{1}:  INSTALLED, TUNNEL\n${tunnel}{1}:  AES_GCM_16_256, 84 bytes_i (1 pkt, 1s ago)`
    : `${tunnel}[1]: ${state}`;
const viciSays = (tunnel: string, state: string) =>
  state === "INSTALLED"
    ? `list-sa event {${tunnel} {version=2 state=ESTABLISHED child-sas {${tunnel}-1 {reqid=1 state=INSTALLED bytes-in=84 }}}}`
    : `list-sa event {${tunnel} {version=2 state=${state} child-sas {}}}`;

const accepted = "-A FORWARD -m comment --comment ecs-anywhere-hybrid-vpn -j ACCEPT";

class Gateway extends ScratchRoot {
  constructor(t: ExecutionContext) {
    super();
    t.teardown(() => this.remove());
    this.write("/dev/net/tun", "");
    for (const setting of settings)
      this.write(`/proc/sys/net/ipv4/${setting}`, setting === "ip_forward" ? "0\n" : "1\n");
    this.write("/proc/sys/net/ipv4/conf/all/rp_filter", "1\n");
    this.write("../active/none", "");
    this.write("/proc/sys/net/ipv4/icmp_ratelimit", "1000\n");
    // A unit's state is a file: active/NAME, and the link that enables it.
    this.fake(
      "systemctl",
      `wants=$ROOT/etc/systemd/system/multi-user.target.wants; cd "$ROOT/.."
action=$1; shift; now=
while :; do case \${1-} in --now) now=yes; shift ;; --quiet) exec >/dev/null; shift ;; *) break ;; esac; done
status=0
for unit; do
  case $action in
    is-active) if [ -e "active/$unit" ]; then echo active; else echo inactive; status=3; fi ;;
    is-enabled) if [ -e "$wants/$unit" ]; then echo enabled; else echo disabled; status=1; fi ;;
    start | restart) : >"active/$unit" ;;
    stop) [ ! -e "active/$unit" ] || rm "active/$unit" ;;
    enable) [ -d "$wants" ] || mkdir -p "$wants"; : >"$wants/$unit" ;;
    disable)
      [ ! -e "$wants/$unit" ] || { rm "$wants/$unit"; rmdir -p "$wants" 2>/dev/null; }
      [ -z "$now" ] || [ ! -e "active/$unit" ] || rm "active/$unit"
      ;;
  esac
done
exit $status`,
    );
    this.fake("apt-get", "exit 1");
    this.fake("dpkg-query", "echo installed");
    this.fake("nft", 'case "$*" in "list table"*) cat "$ROOT/etc/ecs-anywhere-hybrid/vpn.nft" ;; esac');
    // As many accepts in Docker's chain as there are clamps; and what somebody left there.
    this.write("/run/accepts", "");
    this.fake(
      "iptables",
      `case "$*" in *" -S "*) sed 's/.*maxseg.*/${accepted}/; t; d' "$ROOT/etc/ecs-anywhere-hybrid/vpn.nft"; cat "$ROOT/run/accepts" ;; esac`,
    );
    this.fake(
      "ip",
      `case "$*" in
  *"addr show"*) echo "2: eth0 inet 192.168.1.196/24 scope global eth0" ;;
  "-4 -batch -") echo "220: from all lookup 220"; echo "10.0.0.0/16 dev ipsec0 proto static src 192.168.1.196" ;;
  *"route show"*) echo "10.0.0.0/16 dev tunnel1 metric 100"; echo "10.0.0.0/16 dev tunnel2 metric 200" ;;
  "-d link show"*) echo "5: tunnel1: xfrm if_id 0x64 vti remote" ;;
esac`,
    );
    this.fake("unshare");
    this.fake("journalctl");
    this.say("INSTALLED", "INSTALLED");
    this.fake("modprobe", "exit 1");
  }

  say(first: string, second: string): void {
    this.fake("stroke", `echo '${strokeSays("tunnel1", first)}\n${strokeSays("tunnel2", second)}'`);
    this.fake("swanctl", `echo '${viciSays("tunnel1", first)}\n${viciSays("tunnel2", second)}'`);
  }
}

/** Waiting for tunnels that never come takes no time in tests. */
const step = (args: VpnGatewayArgs) => {
  const { deadMansSwitchSeconds: _, ...rest } = vpnGateway(args);
  return {
    ...rest,
    settleSeconds: 0,
    require: rest.require?.replace('[ -c "$ROOT/dev/net/tun" ]', '[ -e "$ROOT/dev/net/tun" ]') ?? "",
  };
};

for (const { format, dataPath } of combinations) {
  test(`${format}, ${dataPath} path: in force after one run, unchanged by the next, gone after undo`, async (t) => {
    const host = new Gateway(t);
    const vpn = step(gatewayArgs(format, dataPath));
    const before = host.snapshot();
    const daemon = format === "ipsec.conf" ? "strongswan-starter.service" : "strongswan.service";

    const { changed, facts } = await host.succeed(vpn);
    t.deepEqual(
      changed,
      vpn.files?.map((f) => f.path),
    );
    t.deepEqual(facts, {
      tunnel1: "UP",
      tunnel1Traffic: "seen",
      tunnel2: "UP",
      tunnel2Traffic: "seen",
      dataPath,
      mss: dataPath === "kernel" ? "1398" : "1360",
    });
    t.true(host.calls().includes(`systemctl start ${daemon}`));
    t.is(host.read("/proc/sys/net/ipv4/ip_forward"), "1\n");
    t.is(host.read("/proc/sys/net/ipv4/conf/eth0/send_redirects"), "0\n");
    t.is(host.read("/proc/sys/net/ipv4/icmp_ratelimit"), "0\n");
    t.is(
      host.read("/proc/sys/net/ipv4/conf/all/rp_filter"),
      format === "ipsec.conf" && dataPath === "kernel" ? "2\n" : "1\n",
    );

    t.deepEqual((await host.succeed(vpn)).changed, []);
    t.false(host.calls().some((call) => /systemctl (re)?start/.test(call)));

    await host.succeed(vpn, "undo");
    t.deepEqual(host.snapshot(), before);
    t.is(host.read("/proc/sys/net/ipv4/ip_forward"), "0\n");
    t.is(host.read("/proc/sys/net/ipv4/conf/eth0/send_redirects"), "1\n");
    t.is(host.read("/proc/sys/net/ipv4/icmp_ratelimit"), "1000\n");
    t.is(host.read("/proc/sys/net/ipv4/conf/all/rp_filter"), "1\n");
    await host.succeed(vpn, "undo");
  });
}

test("a change that is none of the daemon's does not interrupt the tunnels", async (t) => {
  const host = new Gateway(t);
  const vpn = step(gatewayArgs("ipsec.conf", "userspace"));
  await host.succeed(vpn);
  host.calls();
  host.write("/usr/local/lib/ecs-anywhere-hybrid/vpn-watchdog", "#!/bin/sh\n", 0o755);
  const { changed } = await host.succeed(vpn);
  t.deepEqual(changed, ["/usr/local/lib/ecs-anywhere-hybrid/vpn-watchdog"]);
  t.false(host.calls().some((call) => /systemctl (stop|start|restart) strongswan/.test(call)));
});

for (const { format, dataPath } of combinations) {
  test(`${format}, ${dataPath} path: a new key takes its own tunnel down, and no other`, async (t) => {
    const host = new Gateway(t);
    host.fake("ipsec");
    const args = gatewayArgs(format, dataPath);
    await host.succeed(step(args));
    host.calls();
    const tunnel2 = { ...args.tunnels.tunnel2, presharedKey: "another.key.of.tunnel2" };
    const { changed } = await host.succeed(step({ ...args, tunnels: { ...args.tunnels, tunnel2 } }));
    t.is(changed.length, 1);
    const calls = host.calls().filter((call) => !/--list-sas/.test(call));
    t.false(calls.some((call) => /systemctl (stop|start|restart) strongswan/.test(call)));
    t.deepEqual(
      calls.filter((call) => /^(ipsec|swanctl) /.test(call)),
      format === "ipsec.conf"
        ? ["ipsec rereadsecrets", "ipsec down tunnel2", "ipsec up tunnel2"]
        : [
            "swanctl --load-creds --clear",
            "swanctl --terminate --ike tunnel2",
            "swanctl --initiate --child tunnel2 --timeout 2",
          ],
    );
    t.notRegex(calls.join("\n"), /the\.key|another\.key/);
  });
}

for (const unit of [
  "strongswan-starter",
  "ecs-anywhere-hybrid-vpn-firewall",
  "ecs-anywhere-hybrid-vpn-watchdog",
])
  test(`${unit} that is stopped, or not enabled, is started and enabled again`, async (t) => {
    const host = new Gateway(t);
    const vpn = step(gatewayArgs("ipsec.conf", "userspace"));
    await host.succeed(vpn);
    for (const path of [
      `../active/${unit}.service`,
      `/etc/systemd/system/multi-user.target.wants/${unit}.service`,
    ]) {
      rmSync(host.path(path));
      t.deepEqual((await host.succeed(vpn)).changed, ["apply"]);
      t.true(existsSync(host.path(path)));
    }
  });

/** Up, and nothing comes in by the second tunnel. */
const halfDeaf = (host: Gateway) => {
  host.fake(
    "stroke",
    `echo '${strokeSays("tunnel1", "INSTALLED")}\n${strokeSays("tunnel2", "INSTALLED").replace("84 bytes_i", "0 bytes_i")}'`,
  );
  host.fake(
    "swanctl",
    `echo '${viciSays("tunnel1", "INSTALLED")}\n${viciSays("tunnel2", "INSTALLED").replace("bytes-in=84", "bytes-in=0")}'`,
  );
};

for (const format of ["ipsec.conf", "swanctl.conf"] as const) {
  test(`${format}: a tunnel that is up and carries nothing is refused on the kernel path; on the other one it is said`, async (t) => {
    const host = new Gateway(t);
    host.fake("sleep");
    halfDeaf(host);
    t.regex(
      await host.refuse(step(gatewayArgs(format, "kernel"))),
      /vpn-gateway: vpn\.tunnel2: up, but nothing comes in: must carry packets both ways; see that ESP, or UDP 4500/,
    );
    const { facts } = await host.succeed(step(gatewayArgs(format, "userspace")));
    t.like(facts, {
      tunnel1Traffic: "seen",
      tunnel2: "UP",
      tunnel2Traffic: "unknown: AWS answers no probe",
    });
    t.is(host.calls().filter((call) => call === "sleep 0.2").length, 10, "after a moment");
  });
}

test("an accept that an earlier range left in Docker's chain is drift", async (t) => {
  const host = new Gateway(t);
  const vpn = step(gatewayArgs("ipsec.conf", "userspace"));
  await host.succeed(vpn);
  host.write("/run/accepts", `${accepted}\n`);
  host.calls();
  t.regex(
    await host.refuse(vpn),
    /vpn-gateway: iptables FORWARD: 3 rules of ecs-anywhere-hybrid-vpn: must be 2; raise/,
  );
  t.true(host.calls().includes("systemctl restart ecs-anywhere-hybrid-vpn-firewall.service"));
});

test("a route that is missing is drift; one that the watchdog holds is none", async (t) => {
  const host = new Gateway(t);
  const vpn = step(gatewayArgs("swanctl.conf", "kernel"));
  await host.succeed(vpn);
  host.fake(
    "ip",
    'case "$*" in *"route show"*) echo "10.0.0.0/16 dev tunnel2 metric 200" ;; "-d link"*) echo " xfrm if_id" ;; *) echo "192.168.1.196" ;; esac',
  );
  host.write("/run/ecs-anywhere-hybrid/vpn-held-tunnel1", "");
  t.deepEqual((await host.succeed(vpn)).changed, []);
  rmSync(host.path("/run/ecs-anywhere-hybrid/vpn-held-tunnel1"));
  t.regex(
    await host.refuse(vpn),
    /vpn-gateway: vpn\.tunnel1: no route to 10\.0\.0\.0\/16: must have one by tunnel1; raise site\.converge/,
  );
});

test("a change of format leaves one daemon and no file of the other", async (t) => {
  const host = new Gateway(t);
  host.write("/etc/ipsec.conf", "# as the package brought it\n");
  await host.succeed(step(gatewayArgs("ipsec.conf", "userspace")));
  host.calls();
  await host.succeed(step(gatewayArgs("swanctl.conf", "userspace")));
  const calls = host.calls();
  t.true(
    calls.indexOf("systemctl disable --now strongswan-starter.service") <
      calls.indexOf("systemctl start strongswan.service"),
  );
  t.is(host.read("/etc/ipsec.conf"), "# as the package brought it\n");
  t.false(host.exists("/etc/ipsec.secrets"));
});

test("a change of format that fails puts the former daemon back", async (t) => {
  const host = new Gateway(t);
  await host.succeed(step(gatewayArgs("ipsec.conf", "userspace")));
  host.fake("swanctl", "exit 1");
  host.calls();
  await host.refuse(step(gatewayArgs("swanctl.conf", "userspace")));
  const calls = host.calls();
  t.true(
    calls.indexOf("systemctl start strongswan.service") <
      calls.lastIndexOf("systemctl start strongswan-starter.service"),
  );
  t.true(
    calls.lastIndexOf("systemctl disable --now strongswan.service") >
      calls.indexOf("systemctl start strongswan.service"),
  );
  t.true(host.read("/etc/ipsec.conf").includes("conn tunnel1"));
  t.deepEqual((await host.succeed(step(gatewayArgs("ipsec.conf", "userspace")))).changed, []);
});

const said = [
  [
    "received AUTHENTICATION_FAILED notify error",
    /AWS refused the authentication: .*pre-shared key.*site\.publicAddress 198\.51\.100\.7/,
  ],
  [
    "received NO_PROPOSAL_CHOSEN notify error",
    /AWS refused the proposals: .*AES256-GCM-16, SHA2-384 and DH group 20/,
  ],
  [
    "received TS_UNACCEPTABLE notify, no CHILD_SA built",
    /AWS refused the traffic selectors: .*192\.168\.1\.0\/24 and 10\.0\.0\.0\/16/,
  ],
  ["giving up after 2 retransmits", /no answer from 203\.0\.113\.33: UDP 500 and 4500/],
  [
    "no shared key found for '198.51.100.7' - '203.0.113.33'",
    /charon found no pre-shared key for 203\.0\.113\.33/,
  ],
  [
    "received netlink error: Protocol not supported (93)",
    /the kernel refused what charon asked of it; set vpn\.dataPath/,
  ],
  ["", /is not up, and charon says nothing of why/],
] as const;

for (const format of ["ipsec.conf", "swanctl.conf"] as const) {
  test(`${format}: says what charon said of the tunnel that is down`, async (t) => {
    const host = new Gateway(t);
    const vpn = step(gatewayArgs(format, "userspace"));
    const prefix = format === "ipsec.conf" ? "07[IKE] <tunnel2|3> " : "";
    const other = format === "ipsec.conf" ? "echo '07[IKE] <tunnel1|1> received NO_PROPOSAL_CHOSEN'" : ":";
    await host.succeed(vpn);
    host.say("INSTALLED", "CONNECTING");
    for (const [line, hint] of said) {
      host.fake(
        "journalctl",
        `case "$*" in *IKE_SA_NAME=tunnel1*) exit ;; esac\n${other}\necho "${prefix}${line}"\necho "${prefix}it is the.key.of.tunnel2"`,
      );
      const words = await host.refuse(vpn);
      t.regex(words, /tunnel1 to 203\.0\.113\.17: is up, 84 bytes came in\n/);
      t.regex(
        words,
        /vpn-gateway: vpn\.tunnel2: connecting: must be up; see below what charon said of it, and compare/,
      );
      t.regex(words, new RegExp(`tunnel2 to 203\\.0\\.113\\.33: ${hint.source}`));
      if (line) t.true(words.includes(`  charon: ${prefix}${line}\n`));
      t.notRegex(words, /the\.key\.of/);
    }
  });

  test(`${format}: a tunnel that is down at the first converge leaves nothing of the step`, async (t) => {
    const host = new Gateway(t);
    const before = host.snapshot();
    host.say("INSTALLED", "CONNECTING");
    const words = await host.refuse(step(gatewayArgs(format, "userspace")));
    t.regex(words, /tunnel2 to .* is not up/);
    t.regex(words, /what stood there before was put back/);
    t.deepEqual(host.snapshot(), before);
  });
}

const obstacles = [
  [
    gatewayArgs("swanctl.conf", "kernel"),
    "unshare",
    "echo 'Error: Unknown device type.'; exit 2",
    /^vpn-gateway: vpn\.dataPath: kernel: the running kernel \S+ has no XFRM interfaces \(Error: Unknown device type\.\); set vpn\.dataPath to userspace/,
  ],
  [
    gatewayArgs("ipsec.conf", "kernel"),
    "unshare",
    "exit 2",
    /^vpn-gateway: vpn\.dataPath: kernel: the running kernel \S+ has no VTI \(\); set vpn\.dataPath to userspace/,
  ],
  [
    gatewayArgs("ipsec.conf", "kernel"),
    "unshare",
    'case "$*" in *xfrm*) echo "RTNETLINK answers: Protocol not supported"; exit 2 ;; esac',
    /^vpn-gateway: vpn\.dataPath: kernel: the running kernel \S+ has no ESP with AES-GCM \(RTNETLINK answers: Protocol not supported\); set/,
  ],
  [
    gatewayArgs("ipsec.conf", "userspace"),
    "ip",
    ":",
    /^vpn-gateway: site\.cidr: 192\.168\.1\.0\/24: the gateway must have an address inside the site; correct site\.cidr, or/,
  ],
] as const;

for (const [args, command, script, message] of obstacles) {
  test(`refused before anything is touched: ${message.source}`, async (t) => {
    const host = new Gateway(t);
    const before = host.snapshot();
    host.fake(command, script);
    t.regex(await host.refuse(step(args)), message);
    t.deepEqual(host.snapshot(), before);
    t.false(host.calls().some((call) => /systemctl (start|stop|enable|disable)|apt-get/.test(call)));
  });
}

test("refused: a gateway without a TUN device for the userspace path", async (t) => {
  const host = new Gateway(t);
  const { require: asked = "", ...vpn } = vpnGateway(gatewayArgs("ipsec.conf", "userspace"));
  t.regex(
    await host.refuse({ ...vpn, require: asked }),
    /^vpn-gateway: vpn\.dataPath: userspace: the running kernel \S+ has no TUN device/,
  );
});

test("refused: a gateway with IPsec connections of its own", async (t) => {
  const host = new Gateway(t);
  host.write("/etc/ipsec.conf", "conn %default\n  auto=add\nconn office\n  right=192.0.2.1\n");
  t.regex(
    await host.refuse(step(gatewayArgs("ipsec.conf", "userspace"))),
    /^vpn-gateway: \/etc\/ipsec\.conf: conn office : the gateway has IPsec connections of its own, which this step would replace; set vpn\.format to swanctl\.conf/,
  );
  t.true((await host.succeed(step(gatewayArgs("swanctl.conf", "userspace")))).changed.length > 0);
});

test("the kernel path asks the kernel that runs, not a list of modules", async (t) => {
  const host = new Gateway(t);
  host.unfake("unshare");
  // Only the address of the gateway stays a stand-in's.
  host.fake(
    "ip",
    'case "$*" in "link add scratch"* | "xfrm state"*) PATH=${PATH#*:} && exec ip "$@" ;; *) echo "10.0.0.0/16 dev tunnel1 metric, dev tunnel2 metric 192.168.1.196 xfrm if_id" ;; esac',
  );
  const probe = ["-n", "ip", "link", "add", "scratch", "type", "xfrm", "dev", "lo", "if_id", "1"];
  const vpn = step(gatewayArgs("swanctl.conf", "kernel"));
  if (spawnSync("unshare", probe).status === 0) {
    t.like((await host.succeed(vpn)).facts, { dataPath: "kernel" });
  } else {
    t.regex(await host.refuse(vpn), /vpn\.dataPath: kernel: the running kernel .* has no XFRM interfaces/);
  }
});
