/** The errors for tunnels that do not come up, and for gateways that cannot run them. */
import { spawnSync } from "node:child_process";
import test from "ava";
import { vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { gatewayArgs } from "./args.ts";
import { Gateway, step } from "./gateway.ts";

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
  ["", /is not up, and charon does not say why/],
] as const;

for (const format of ["ipsec.conf", "swanctl.conf"] as const) {
  test(`${format}: the error has charon's reason why the tunnel is down`, async (t) => {
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
    t.regex(words, /the previous state was restored/);
    t.deepEqual(host.snapshot(), before);
  });
}

const obstacles = [
  [
    gatewayArgs("swanctl.conf", "kernel"),
    "unshare",
    "echo 'Error: Unknown device type.'; exit 2",
    /^vpn-gateway: vpn\.dataPath: kernel, but the running kernel \S+ has no XFRM interfaces \(Error: Unknown device type\.\): must be supported by the kernel; set vpn\.dataPath to userspace/,
  ],
  [
    gatewayArgs("ipsec.conf", "kernel"),
    "unshare",
    "exit 2",
    /^vpn-gateway: vpn\.dataPath: kernel, but the running kernel \S+ has no VTI \(\): must be supported by the kernel; set vpn\.dataPath to userspace/,
  ],
  [
    gatewayArgs("ipsec.conf", "kernel"),
    "unshare",
    'case "$*" in *xfrm*) echo "RTNETLINK answers: Protocol not supported"; exit 2 ;; esac',
    /^vpn-gateway: vpn\.dataPath: kernel, but the running kernel \S+ has no ESP with AES-GCM \(RTNETLINK answers: Protocol not supported\): must be supported by the kernel; set/,
  ],
  [
    gatewayArgs("ipsec.conf", "userspace"),
    "ip",
    ":",
    /^vpn-gateway: site\.cidr: 192\.168\.1\.0\/24: must contain an address of the gateway; correct site\.cidr, or/,
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
  t.regex(
    await host.refuse(vpnGateway(gatewayArgs("ipsec.conf", "userspace"))),
    /^vpn-gateway: vpn\.dataPath: userspace, but the running kernel \S+ has no TUN device \(\/dev\/net\/tun\): must be supported/,
  );
});

test("refused: a gateway with IPsec connections of its own", async (t) => {
  const host = new Gateway(t);
  host.write("/etc/ipsec.conf", "conn %default\n  auto=add\nconn office\n  right=192.0.2.1\n");
  t.regex(
    await host.refuse(step(gatewayArgs("ipsec.conf", "userspace"))),
    /^vpn-gateway: \/etc\/ipsec\.conf: conn office: must not hold connections of the gateway's own, which this step would replace; set vpn\.format to swanctl\.conf/,
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
    t.regex(
      await host.refuse(vpn),
      /vpn\.dataPath: kernel, but the running kernel .* has no XFRM interfaces/,
    );
  }
});
