import { spawnSync } from "node:child_process";
import test from "ava";
import { allFiles } from "../../../pi/primitives.ts";
import type { Step } from "../../../pi/step.ts";
import { vpnGateway } from "../../../pi/steps/vpn-gateway.ts";
import { hasGoodScripts, isGoodShell } from "../../support/shellcheck.ts";
import { combinations, gatewayArgs } from "./vpn-gateway/args.ts";

const file = (step: Step, path: string) => allFiles(step).find((f) => f.path === path)?.content;

test("ipsec.conf on the kernel path", (t) => {
  const step = vpnGateway(gatewayArgs("ipsec.conf", "kernel"));
  t.is(
    file(step, "/etc/ipsec.conf"),
    `# Managed by ecs-anywhere-hybrid: changes are lost.
config setup
  # AWS advises against unique ids: both tunnels have this site's one identity
  uniqueids=no

conn %default
  keyexchange=ikev2
  type=tunnel
  ike=aes256gcm16-prfsha384-ecp384!
  esp=aes256gcm16-ecp384!
  leftauth=psk
  rightauth=psk
  left=%defaultroute
  leftid=198.51.100.7
  leftsubnet=0.0.0.0/0
  # ESP in UDP 4500 also where no NAT is seen, so that one MTU is right everywhere
  forceencaps=yes
  mobike=no
  # AWS's lifetimes; renewed 10 to 20 minutes before the end, without a gap
  ikelifetime=8h
  lifetime=1h
  margintime=10m
  reauth=no
  dpddelay=3s
  dpdaction=restart
  closeaction=restart
  keyingtries=%forever

conn tunnel1
  right=203.0.113.17
  rightid=203.0.113.17
  rightsubnet=0.0.0.0/0
  mark=100
  leftupdown=/usr/local/lib/ecs-anywhere-hybrid/vpn-updown
  auto=start

conn tunnel2
  right=203.0.113.33
  rightid=203.0.113.33
  rightsubnet=0.0.0.0/0
  mark=200
  leftupdown=/usr/local/lib/ecs-anywhere-hybrid/vpn-updown
  auto=start
`,
  );
  t.is(
    file(step, "/etc/ipsec.secrets"),
    `# Managed by ecs-anywhere-hybrid: changes are lost.
198.51.100.7 203.0.113.17 : PSK "the.key.of.tunnel1"
198.51.100.7 203.0.113.33 : PSK "the.key.of.tunnel2"
`,
  );
});

test("swanctl.conf on the kernel path", (t) => {
  const text = file(
    vpnGateway(gatewayArgs("swanctl.conf", "kernel")),
    "/etc/swanctl/conf.d/ecs-anywhere-hybrid.conf",
  );
  t.true(
    text?.startsWith(`# Managed by ecs-anywhere-hybrid: changes are lost.
connections {
  tunnel1 {
    version = 2
    proposals = aes256gcm16-prfsha384-ecp384
    local_addrs = %any
    remote_addrs = 203.0.113.17
    # ESP in UDP 4500 also where no NAT is seen, so that one MTU is right everywhere
    encap = yes
    mobike = no
    # AWS advises against unique ids: both tunnels have this site's one identity
    unique = never
    keyingtries = 0
    dpd_delay = 3s
    # AWS's lifetimes are 8 and 1 hours; renewed well before, without a gap
    rekey_time = 7h
    if_id_in = 100
    if_id_out = 100
    local {
      auth = psk
      id = 198.51.100.7
    }
    remote {
      auth = psk
      id = 203.0.113.17
    }
    children {
      tunnel1 {
        esp_proposals = aes256gcm16-ecp384
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
        updown = /usr/local/lib/ecs-anywhere-hybrid/vpn-updown
        rekey_time = 50m
        life_time = 1h
        start_action = start
        close_action = start
        dpd_action = restart
      }
    }
  }
  tunnel2 {
`),
    text,
  );
  t.regex(
    text ?? "",
    /if_id_in = 200[\s\S]*ike-tunnel2 \{\n {4}id-1 = 198.51.100.7\n {4}id-2 = 203.0.113.33\n {4}secret = "the.key.of.tunnel2"/,
  );
});

test("charon's settings on the userspace path", (t) => {
  t.is(
    file(
      vpnGateway(gatewayArgs("swanctl.conf", "userspace")),
      "/etc/strongswan.d/zz-ecs-anywhere-hybrid.conf",
    ),
    `# Managed by ecs-anywhere-hybrid: changes are lost.
charon {
  # AWS's endpoint may vanish at any time: notice it within seconds, not after 165
  retransmit_tries = 2
  retransmit_timeout = 1.0
  retransmit_base = 1.4
  # keeps the mapping in the site's NAT open
  keep_alive = 10s
  # the userspace data path takes its packets from a route in table 220
  install_routes = yes
  # every DPD exchange would write four lines to the journal, that is to the SD card
  journal {
    net = 0
    enc = 0
  }
  plugins {
    kernel-libipsec {
      load = yes
    }
    # for multicast: it would mark packets for the VPC, which then bypass the tunnels' interfaces
    forecast {
      load = no
    }
  }
}
`,
  );
});

const clamp = (
  name: string,
  mss: number,
) => `    oifname "${name}" tcp flags & (syn | rst) == syn tcp option maxseg size set ${mss}
    iifname "${name}" tcp flags & (syn | rst) == syn tcp option maxseg size set ${mss}
`;

for (const { format, dataPath } of combinations) {
  const step = vpnGateway(gatewayArgs(format, dataPath));
  const paths = (step.files ?? []).map((f) => f.path);
  const kernel = dataPath === "kernel";
  const name = `${format}, ${dataPath} path`;

  test(`${name}: each combination has its own files, settings and packages`, (t) => {
    t.is(paths.includes("/etc/ipsec.conf"), format === "ipsec.conf");
    t.is(paths.includes("/etc/swanctl/conf.d/ecs-anywhere-hybrid.conf"), format === "swanctl.conf");
    t.is(paths.includes("/usr/local/lib/ecs-anywhere-hybrid/vpn-updown"), kernel);

    const config = `${file(step, "/etc/ipsec.conf")}${file(step, "/etc/swanctl/conf.d/ecs-anywhere-hybrid.conf")}`;
    t.is(/mark=100/.test(config), kernel && format === "ipsec.conf");
    t.is(/if_id_in = 100/.test(config), kernel && format === "swanctl.conf");
    t.regex(
      config,
      kernel ? /(leftsubnet=|local_ts = )0\.0\.0\.0\/0/ : /(leftsubnet=|local_ts = )192\.168\.1\.0\/24/,
    );
    t.regex(
      config,
      kernel
        ? /(rightsubnet=|remote_ts = )0\.0\.0\.0\/0$/m
        : /(rightsubnet=|remote_ts = )10\.0\.0\.0\/16,169\.254\.11\.1\/32$/m,
    );

    const charon = file(step, "/etc/strongswan.d/zz-ecs-anywhere-hybrid.conf") ?? "";
    t.regex(charon, kernel ? /install_routes = no/ : /install_routes = yes/);
    t.regex(charon, kernel ? /load = no/ : /load = yes/);

    const sysctls = file(step, "/etc/sysctl.d/90-ecs-anywhere-hybrid-vpn-gateway.conf") ?? "";
    t.regex(sysctls, /^net\.ipv4\.ip_forward = 1$/m);
    t.regex(sysctls, /^net\.ipv4\.conf\.\*\.send_redirects = 0$/m);
    t.is(/rp_filter/.test(sysctls), kernel && format === "ipsec.conf", "only VTI needs a loose rp_filter");

    const updown = file(step, "/usr/local/lib/ecs-anywhere-hybrid/vpn-updown") ?? "";
    t.is(/type vti local/.test(updown), kernel && format === "ipsec.conf");
    t.is(/disable_xfrm/.test(updown), kernel && format === "ipsec.conf");
    t.is(/type xfrm dev/.test(updown), kernel && format === "swanctl.conf");

    const packages = step.packages?.map((wanted) => wanted.name);
    t.deepEqual(packages, [
      ...(format === "ipsec.conf"
        ? ["strongswan-starter", "strongswan-charon"]
        : ["charon-systemd", "strongswan-swanctl"]),
      "libstrongswan-standard-plugins",
      ...(kernel ? [] : ["libcharon-extra-plugins"]),
      ...(!kernel && format === "ipsec.conf" ? ["strongswan-swanctl"] : []),
      "iputils-ping",
      "nftables",
    ]);
  });

  test(`${name}: the MSS is clamped both ways, and nothing for the VPC leaves outside the tunnels`, (t) => {
    const rules = file(step, "/etc/ecs-anywhere-hybrid/vpn.nft") ?? "";
    t.true(
      rules.includes(kernel ? clamp("tunnel1", 1398) + clamp("tunnel2", 1398) : clamp("ipsec*", 1360)),
      rules,
    );
    t.is(
      rules.match(/ip daddr \{ 10\.0\.0\.0\/16, 169\.254\.10\.1, 169\.254\.11\.1 \} jump tunnels_only/g)
        ?.length,
      2,
    );
    // By its path: npm's scripts find another program of this name first.
    const nft = spawnSync(
      "unshare",
      ["--user", "--map-root-user", "--net", "/usr/sbin/nft", "-c", "-f", "-"],
      {
        input: rules,
        encoding: "utf8",
      },
    );
    t.is(`${nft.status}${nft.stderr}`, "0");
  });

  test(`${name}: the pre-shared keys are in a file of mode 600 and nowhere else`, (t) => {
    const { files = [], secrets = [], ...rest } = step;
    const holders = files.filter((f) => f.content.includes("the.key.of"));
    t.deepEqual(
      holders.map((f) => [f.path, f.mode]),
      [
        [
          format === "ipsec.conf" ? "/etc/ipsec.secrets" : "/etc/swanctl/conf.d/ecs-anywhere-hybrid.conf",
          "600",
        ],
      ],
    );
    t.deepEqual(secrets, ["the.key.of.tunnel1", "the.key.of.tunnel2"]);
    t.notRegex(JSON.stringify(rest), /the\.key\.of/);
  });

  test(`${name}: shellcheck finds nothing in what is rendered`, (t) => {
    hasGoodScripts(t, step, []);
    const programs = (step.files ?? []).filter(({ content }) => content.startsWith("#!/bin/sh"));
    t.is(programs.length, kernel ? 5 : 4);
    for (const { content } of programs) isGoodShell(t, content, []);
  });
}
