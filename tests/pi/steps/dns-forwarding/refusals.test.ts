/** What each server and each host cannot do, and what comes of an answer that is not the resolver's. */
import { rmSync } from "node:fs";
import test from "ava";
import { dnsServerNames } from "../../../../limits/dns-servers.ts";
import { type DnsForwardingArgs, dnsForwarding, dnsSnippet } from "../../../../pi/steps/dns-forwarding.ts";
import { answers, portTakenBy, refusing, resolvConf, running } from "../../../support/stand-ins/dns.ts";
import { file, type Part, state } from "../../../support/stand-ins/host.ts";
import { dhcpcd, networkd, networkManager } from "../../../support/stand-ins/network.ts";
import { node } from "./host.ts";
import { args, serverTests } from "./server-test.ts";

test("a host with systemd-resolved requires that server", async (t) => {
  const stub = "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n";
  const at = node(t, networkd, resolvConf(stub));
  const before = at.snapshot();
  t.regex(
    await at.refuse(dnsForwarding(args)),
    /site\.dns\.server: this host runs systemd-resolved: must be that server, .*; set site\.dns\.server: systemd-resolved/,
  );
  t.deepEqual(at.snapshot(), before);

  running("docker")(at);
  const step = dnsForwarding({ ...args, server: "systemd-resolved" });
  await at.succeed(step);
  t.is(at.calls().filter((call) => call === "systemctl restart docker.service").length, 1);
  at.write("/etc/resolv.conf", "by hand\n");
  await at.succeed(step);
  t.false(at.calls().includes("systemctl restart docker.service"), "once is enough");
  t.is(
    at.read("/etc/systemd/network/10-eth0.network.d/ecs-anywhere-hybrid-dns.conf").split("[Network]\n")[1],
    "Domains=~.\n",
  );
  await at.succeed(step, "undo");
  t.true(at.calls().includes("systemctl try-restart docker.service"));
});

test("systemd-resolved with NetworkManager: its profile claims all other names until undo", async (t) => {
  const at = node(t, networkManager(), file("/etc/NetworkManager/conf.d/home.conf", ""));
  const before = at.snapshot();
  const step = dnsForwarding({ ...args, server: "systemd-resolved" });
  await at.succeed(step);
  t.regex(at.read("/etc/NetworkManager/system-connections/home.nmconnection"), /^dns-search=~\.$/m);
  t.is(
    at.read("/etc/NetworkManager/conf.d/90-ecs-anywhere-hybrid-dns.conf"),
    "[main]\ndns=systemd-resolved\nrc-manager=unmanaged\n",
  );
  t.deepEqual((await at.succeed(step)).changed, []);
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);

  at.write("/run/NetworkManager/system-connections/netplan-eth0", "uuid=11-22\n");
  t.regex(
    await at.refuse(step),
    /eth0 is configured by netplan for NetworkManager: .*; add '~\.' to nameservers\.search/,
  );
});

test("systemd-resolved: what it cannot do is refused", async (t) => {
  const step = dnsForwarding({ ...args, server: "systemd-resolved" });
  const refuse = async (...parts: readonly Part[]) => {
    const at = node(t, ...parts);
    const before = at.snapshot();
    const stderr = await at.refuse(step);
    t.deepEqual(at.snapshot(), before);
    return stderr;
  };
  t.regex(
    await refuse(networkd, file("/etc/systemd/resolved.conf.d/mine.conf", "[Resolve]\nDNS=9.9.9.9\n")),
    /DNS of systemd-resolved: 9\.9\.9\.9: must not be set: it would be asked for the domains too; set it for/,
  );
  t.regex(
    await refuse(networkd, file("/etc/systemd/resolved.conf", "[Resolve]\nDNSSEC=yes\n")),
    /DNSSEC of systemd-resolved: yes: must not be in force for us-east-1\.amazonaws\.com, whose answers carry no signatures; name it in/,
  );
  t.regex(
    await refuse(dhcpcd),
    /network: eth0 is configured by dhcpcd: must be systemd-networkd or NetworkManager/,
  );
  t.regex(
    await refuse(networkd, (at) => at.fake("resolvectl", 'echo "Link 2 (eth0):"')),
    /domains of eth0: .*: must claim all other names, or they would go to the VPC too; look for/,
  );
});

test("systemd-resolved as a package: what it replaces is where other names go, and is back after undo", async (t) => {
  const at = node(t, networkd, (at) => {
    rmSync(at.path("/lib/systemd/system/systemd-resolved.service"));
    at.write(
      `${state}/archive/systemd-resolved`,
      "brings /lib/systemd/system/systemd-resolved.service\nruns take-resolv-conf\n",
    );
    // BIND's stand-in knows of no package but its own.
    at.fakeInstalled(`${state}/installed/`);
    at.fake(
      "take-resolv-conf",
      'cd "$ROOT/etc" && mv resolv.conf .resolv.conf.systemd-resolved.bak && ln -s ../run/systemd/resolve/stub-resolv.conf resolv.conf',
    );
  });
  const before = at.snapshot();
  const step = dnsForwarding({ ...args, server: "systemd-resolved" });
  t.true((await at.succeed(step)).changed.includes("package systemd-resolved"));
  t.regex(
    at.read("/etc/systemd/network/10-eth0.network.d/ecs-anywhere-hybrid-dns.conf"),
    /^DNS=192\.168\.1\.1$/m,
  );
  t.regex(at.read("/etc/systemd/resolved.conf.d/ecs-anywhere-hybrid.conf"), /^LLMNR=no\nMulticastDNS=no$/m);
  t.deepEqual((await at.succeed(step)).changed, []);
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);
  t.deepEqual(at.packages, []);
});

test("what keeps /etc/resolv.conf or port 53 is named", async (t) => {
  const package_ = node(t, networkd, file("/etc/resolvconf/update.d/libc", ""));
  t.regex(
    await package_.refuse(dnsForwarding(args)),
    /resolv\.conf: kept by the package resolvconf: must be kept by this step alone; remove/,
  );
  const taken = node(t, networkd, portTakenBy("pihole-FTL"));
  t.regex(
    await taken.refuse(dnsForwarding(args)),
    /port 53: 0\.0\.0\.0:53 is taken by pihole-FTL: must be free for the node's own server; stop pihole-FTL, or/,
  );
});

test("BIND 9 on a node: options that a person wrote are not replaced", async (t) => {
  const at = node(t, networkd, (at) =>
    at.fake("dpkg-query", 'echo " /etc/bind/named.conf.options 0123456789abcdef"'),
  );
  const before = at.snapshot();
  t.regex(
    await at.refuse(dnsForwarding({ ...args, server: "bind9" })),
    /named\.conf\.options: changed by hand: must be as its package brought it: .*; set site\.dns\.at to host/,
  );
  t.deepEqual(at.snapshot(), before);
});

test("BIND 9 as the site's server: one statement within a person's options, taken back byte by byte", async (t) => {
  const step = dnsForwarding({ ...args, server: "bind9", role: "site-server" });
  const own = "// mine\noptions {\n\tdnssec-validation auto;\n};";
  const at = node(t, networkd, running("named"), file("/etc/bind/named.conf.options", own));
  const before = at.snapshot();
  await at.succeed(step);
  t.is(
    at.read("/etc/bind/named.conf.options"),
    `// mine
options {
# >>> ecs-anywhere-hybrid dns-forwarding
validate-except { "us-east-1.amazonaws.com"; "us-east-1.api.aws"; };
# <<< ecs-anywhere-hybrid dns-forwarding
\tdnssec-validation auto;
};`,
  );
  t.deepEqual((await at.succeed(step)).changed, []);
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);

  at.write("/etc/bind/named.conf.options", 'options {\n\tvalidate-except { "home.arpa"; };\n};\n');
  t.regex(
    await at.refuse(step),
    /validate-except does not name us-east-1\.amazonaws\.com: must name it, as answers are private addresses without signatures; add/,
  );
  at.write(
    "/etc/bind/named.conf.options",
    `options {\n\tvalidate-except { ${args.domains.map((name) => `"${name}";`).join(" ")} };\n};\n`,
  );
  t.false((await at.succeed(step)).changed.includes("/etc/bind/named.conf.options"));
  await at.succeed(step, "undo");
  at.write("/etc/bind/named.conf.options", "options\n{\n};\n");
  t.regex(
    await at.refuse(step),
    /no line 'options \{': must have one, for validate-except to be put below; write/,
  );
});

test("what a server's checker refuses is not installed", async (t) => {
  const checkers = dnsServerNames.flatMap((server) => {
    const { checker } = serverTests[server];
    return checker === undefined ? [] : [[server, checker] as const];
  });
  for (const [server, checker] of [...checkers, ["dnsmasq", "nft"] as const]) {
    const at = node(t, networkd, refusing(checker));
    const before = at.snapshot();
    t.regex(
      await at.refuse(dnsForwarding({ ...args, server })),
      new RegExp(`${checker}.*exit status 1.*\\nbad syntax`),
    );
    await at.succeed(dnsForwarding({ ...args, server }), "undo");
    t.deepEqual(at.snapshot(), before);
  }
});

test("an answer that is not the resolver's, or a missing one, reverts the change", async (t) => {
  for (const [lines, words] of [
    [
      ["192.168.1.101 0 54.239.28.85", "10.0.1.10 0 10.0.0.45"],
      /ecs\.us-east-1\.amazonaws\.com: 54\.239\.28\.85 by this host's server: must be 10\.0\.0\.45/,
    ],
    [
      ["192.168.1.101 2 "],
      /no answer from the inbound resolver, 10\.0\.1\.10 10\.0\.2\.10: must answer on UDP port 53; look at the tunnels/,
    ],
    [["10.0.1.10 0 10.0.0.45"], /no answer from 192\.168\.1\.101: must be answered by this host's server/],
  ] as const) {
    const at = node(t, networkd, answers(...lines));
    const before = at.snapshot();
    t.regex(await at.refuse({ ...dnsForwarding(args), settleSeconds: 0 }), words);
    t.deepEqual(at.snapshot(), before);
    t.deepEqual(at.activeUnits, []);
  }
});

// why: 100.20.0.0/14, which is EC2's, was taken for private, since 100.64.0.0/10 begins like it (2fb7311).
test("public answers may differ from the resolver's, private ones may not", async (t) => {
  const answered = (ours: string, theirs: string) =>
    node(t, networkd, answers(`192.168.1.101 0 ${ours}`, `10.0.1.10 0 ${theirs}`));
  for (const [ours, theirs] of [
    ["54.239.28.85", "54.239.28.1"],
    ["100.24.1.1", "100.20.1.1"],
  ] as const)
    await t.notThrowsAsync(answered(ours, theirs).succeed(dnsForwarding(args)), `${ours} ${theirs}`);
  const carrier = answered("100.64.1.1", "100.127.1.1");
  t.regex(await carrier.refuse({ ...dnsForwarding(args), settleSeconds: 0 }), /must be 100\.127\.1\.1/);
});

test("values that no server could take are refused", (t) => {
  const refused = (wrong: Partial<DnsForwardingArgs>) =>
    t.throws(() => dnsForwarding({ ...args, ...wrong }))?.message ?? "";
  t.regex(refused({ domains: [] }), /^domains: none: must be at least one; /);
  t.regex(refused({ resolvers: [] }), /^resolvers: none: must be at least one; /);
  t.regex(
    refused({ domains: ["amazonaws.com; drop"] }),
    /^domains: amazonaws\.com; drop: must be a DNS name/,
  );
  t.regex(refused({ resolvers: ["dns.example"] }), /^resolvers: dns\.example: must be an IPv4 address; /);
  t.throws(() => dnsSnippet({ ...args, resolvers: ["::1"] }), { message: /must be an IPv4 address/ });
});
