/** The step, converged, changed and undone. */
import { rmSync } from "node:fs";
import test from "ava";
import { allFiles } from "../../../../pi/primitives.ts";
import { unit, unitStates } from "../../../support/stand-ins/primitives.ts";
import { combinations, gatewayArgs } from "./args.ts";
import { accepted, Gateway, step, strokeSays, viciSays } from "./gateway.ts";

for (const { format, dataPath } of combinations) {
  test(`${format}, ${dataPath} path: in force after one run, unchanged by the next, gone after undo`, async (t) => {
    const host = new Gateway(t);
    const vpn = step(gatewayArgs(format, dataPath));
    const before = host.snapshot();
    const daemon = format === "ipsec.conf" ? "strongswan-starter.service" : "strongswan.service";

    const { changed, facts } = await host.succeed(vpn);
    const own = (name: string) => `unit ecs-anywhere-hybrid-${name}.service`;
    t.deepEqual(changed, [
      ...allFiles(vpn).map((f) => f.path),
      ...Object.keys(vpn.sysctls ?? {}).map((key) => `sysctl ${key}`),
      "table ip ecs_anywhere_hybrid_vpn",
      own("vpn-gateway"),
      `unit ${daemon}`,
      own("vpn-firewall"),
      own("vpn-watchdog"),
    ]);
    t.deepEqual(facts, {
      tunnel1: "UP",
      tunnel1Traffic: "seen",
      tunnel2: "UP",
      tunnel2Traffic: "seen",
      dataPath,
      mss: dataPath === "kernel" ? "1398" : "1360",
    });
    const calls = host.calls();
    t.true(calls.includes(`systemctl start ${daemon}`));
    const other = format === "ipsec.conf" ? "strongswan.service" : "strongswan-starter.service";
    t.false(host.exists(`/run/active/${other}`), "exactly one daemon");
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

test("a setting of the kernel ends after the one byte that dash asks for", async (t) => {
  const host = new Gateway(t);
  const vpn = step(gatewayArgs("ipsec.conf", "userspace"));
  await host.succeed(vpn);
  host.write("/proc/sys/net/ipv4/ip_forward", "1");
  t.deepEqual((await host.succeed(vpn)).changed, []);
});

test("a change that does not concern the daemon does not interrupt the tunnels", async (t) => {
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

for (const { format, dataPath } of combinations) {
  const interrupts = dataPath === "kernel" ? "no tunnel is interrupted" : "the tunnels are negotiated again";
  test(`${format}, ${dataPath} path: the VPC gets a second range, and ${interrupts}`, async (t) => {
    const host = new Gateway(t);
    const args = gatewayArgs(format, dataPath);
    await host.succeed(step(args));
    host.calls();
    const ways = { tunnel1: "metric 100", tunnel2: "metric 200", ipsec0: "proto static" };
    const routes = Object.entries(ways).flatMap(([name, rest]) =>
      ["10.0.0.0/16", "10.8.0.0/16"].map((range) => `${range} dev ${name} ${rest}`),
    );
    host.fake(
      "ip",
      `case "$*" in
  *"addr show"*) echo "2: eth0 inet 192.168.1.196/24 scope global eth0" ;;
  "-4 -batch -" | *"route show"*) printf '%s\\n' "220: from all lookup 220" ${routes.map((route) => `'${route}'`).join(" ")} ;;
  "-d link show"*) echo "5: tunnel1: xfrm if_id 0x64 vti remote" ;;
esac`,
    );
    // Each of the tunnels' interfaces, in two directions, with two ranges.
    const accepts = Array.from({ length: dataPath === "kernel" ? 8 : 4 }, () => accepted);
    host.fake("iptables", `case "$*" in *" -S "*) echo '${accepts.join("\n")}' ;; esac`);
    await host.succeed(step({ ...args, vpcCidrs: ["10.0.0.0/16", "10.8.0.0/16"] }));
    const calls = host.calls();
    t.is(
      calls.some((call) => /systemctl (stop|start|restart) strongswan/.test(call)),
      dataPath === "userspace",
    );
    for (const unit of ["firewall", "watchdog"])
      t.true(calls.includes(`systemctl restart ecs-anywhere-hybrid-vpn-${unit}.service`));
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
      `/run/active/${unit}.service`,
      `/etc/systemd/system/multi-user.target.wants/${unit}.service`,
    ]) {
      rmSync(host.path(path));
      t.deepEqual((await host.succeed(vpn)).changed, [`unit ${unit}.service`]);
      t.true(host.exists(path));
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
  test(`${format}: a tunnel that is up and carries nothing is refused on the kernel path, and reported on the other one`, async (t) => {
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

test("a route that is missing is drift; one that the watchdog holds is not", async (t) => {
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

test("the other daemon is stopped while the step is there; afterwards it runs again with its own configuration", async (t) => {
  const host = new Gateway(t);
  for (const name of ["strongswan-starter.service", "strongswan.service"])
    unit(host, name, { enabled: true, active: true });
  const before = unitStates(host);
  const vpn = step(gatewayArgs("ipsec.conf", "userspace"));
  await host.succeed(vpn);
  const other = (names: readonly string[]) => names.includes("strongswan.service");
  t.false(other(unitStates(host).active) || other(unitStates(host).enabled));
  host.calls();
  await host.succeed(vpn, "undo");
  t.deepEqual(unitStates(host), before);
  t.true(host.calls().includes("systemctl try-restart strongswan-starter.service"));
});

test("a change of format leaves one daemon and no file of the other", async (t) => {
  const host = new Gateway(t);
  host.write("/etc/ipsec.conf", "# as the package brought it\n");
  await host.succeed(step(gatewayArgs("ipsec.conf", "userspace")));
  host.calls();
  await host.succeed(step(gatewayArgs("swanctl.conf", "userspace")));
  const calls = host.calls();
  t.true(
    calls.indexOf("systemctl stop strongswan-starter.service") <
      calls.indexOf("systemctl start strongswan.service"),
  );
  t.is(host.read("/etc/ipsec.conf"), "# as the package brought it\n");
  t.false(host.exists("/etc/ipsec.secrets"));
});

test("a change of format that fails restores the former daemon", async (t) => {
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
    calls.lastIndexOf("systemctl stop strongswan.service") >
      calls.indexOf("systemctl start strongswan.service"),
  );
  t.deepEqual(
    unitStates(host).active.filter((name) => name.startsWith("strongswan")),
    ["strongswan-starter.service"],
  );
  t.true(host.read("/etc/ipsec.conf").includes("conn tunnel1"));
  t.deepEqual((await host.succeed(step(gatewayArgs("ipsec.conf", "userspace")))).changed, []);
});
