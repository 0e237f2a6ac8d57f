/** What the step renders, read and run by real strongSwan. One of AWS's endpoints is killed, too, and then both. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest from "ava";
import { vpnGateway } from "../../../../pi/steps/vpn-gateway.ts";
import { byLab, need } from "../../../support/needs.ts";
import { gatewayArgs } from "./args.ts";
import { behind, charon, connect, End, endpoint, ip, missing, outside } from "./world.ts";

need(missing, byLab);
const test = anyTest.serial;

for (const format of ["ipsec.conf", "swanctl.conf"] as const) {
  test(`${format}: strongSwan reads it, brings both tunnels up, carries traffic, and is started again after a refusal; one endpoint killed, the other one takes over`, async (t) => {
    t.timeout(90_000);
    const folder = mkdtempSync(join(tmpdir(), "vpn-gateway-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const gateway = new End(t, `vpn-test-gw-${process.pid}`, folder);
    const aws = ["1", "2"].map((n) => new End(t, `vpn-test-aws${n}-${process.pid}`, folder));
    const net = connect(t, gateway, aws);

    // The endpoints are up, but know nothing of the site yet: they refuse.
    for (const end of aws) {
      end.write("/etc/strongswan.d/zz-test.conf", charon);
      end.start("/usr/sbin/charon-systemd");
      t.true(await end.eventually(10, () => end.run("swanctl", "--stats") !== ""));
    }

    for (const { path, content, mode } of vpnGateway(gatewayArgs(format, "userspace")).files ?? []) {
      gateway.write(path, content, Number.parseInt(mode, 8));
    }
    if (format === "ipsec.conf") gateway.start("/usr/lib/ipsec/starter", "--nofork");
    else gateway.start("/usr/sbin/charon-systemd");
    const list = () =>
      format === "ipsec.conf"
        ? gateway.run("ipsec", "statusall")
        : gateway.run("swanctl", "--load-all") && gateway.run("swanctl", "--list-conns");
    t.true(await gateway.eventually(10, () => ["tunnel1", "tunnel2"].every((name) => list().includes(name))));
    t.notRegex(gateway.said, /unknown|error|unrecognized/i);

    const status = () => gateway.run("/usr/local/lib/ecs-anywhere-hybrid/vpn-status");
    t.true(
      await gateway.eventually(10, () => status() === "tunnel1 none 0 0\ntunnel2 none 0 0\n"),
      "charon gave up",
    );

    for (const [i, end] of aws.entries()) {
      end.write("/etc/swanctl/conf.d/1.conf", endpoint(outside[i]?.address ?? "", `${i + 1}`), 0o600);
      end.run("swanctl", "--load-all");
    }
    const jobs = () =>
      format === "ipsec.conf" ? gateway.run("ipsec", "statusall") : gateway.run("swanctl", "--stats");
    t.true(
      await gateway.eventually(10, () => /scheduled: 0$/m.test(jobs())),
      "charon means to do nothing more",
    );
    t.is(status(), "tunnel1 none 0 0\ntunnel2 none 0 0\n", "charon does not try again on its own");
    gateway.run("/usr/local/lib/ecs-anywhere-hybrid/vpn-watchdog", "once");
    t.true(await gateway.eventually(10, () => status().match(/installed/g)?.length === 2), status());

    gateway.run("mkdir", "/run/ecs-anywhere-hybrid-metrics");
    const watchdog = spawn(
      "nsenter",
      [...gateway.inside, "/usr/local/lib/ecs-anywhere-hybrid/vpn-watchdog"],
      {
        stdio: "ignore",
      },
    );
    t.teardown(() => void watchdog.kill("SIGKILL"));
    const answered = () =>
      gateway.run("ping", "-n", "-q", "-c", "1", "-W", "1", "-I", "192.168.1.196", "10.0.0.10") !== "";
    t.true(await gateway.eventually(10, answered));
    const metrics = () => gateway.run("cat", "/run/ecs-anywhere-hybrid-metrics/vpn.prom");
    t.true(await gateway.eventually(10, () => metrics().match(/_probes_total\{.*\} [1-9]/g)?.length === 2));
    t.is(metrics().match(/_tunnel_up\{.*\} 1$/gm)?.length, 2, "each tunnel answers through itself");

    const sent = () => status().match(/\d+$/gm)?.map(Number) ?? [];
    const before = sent();
    for (let i = 0; i < 5; i++)
      gateway.run("ping", "-n", "-q", "-c", "1", "-s", "1000", "-I", "192.168.1.196", "10.0.0.10");
    const used = sent().findIndex((bytes, i) => bytes - (before[i] ?? 0) > 5000);
    t.true(used >= 0, `through one tunnel: ${before} then ${sent()}`);
    aws[used]?.kill();
    const since = Date.now();
    t.true(await gateway.eventually(6, answered), "before charon's own 7 s");
    t.log(`endpoint ${used + 1} killed: the VPC answers again after ${Date.now() - since} ms`);
    t.regex(metrics(), new RegExp(`_tunnel_up\\{tunnel="tunnel${used + 1}"\\} 0`));

    // Both gone: nothing for the VPC leaves in clear by the way that is left, not even while charon has not noticed.
    gateway.run("/usr/sbin/nft", "-f", "/etc/ecs-anywhere-hybrid/vpn.nft");
    ip(`-n ${gateway.netns} route add default via 198.51.100.1`);
    const beyond = (input: string) =>
      execFileSync("ip", ["netns", "exec", net, "/usr/sbin/nft", "-f", "-"], { encoding: "utf8", input });
    beyond(
      "table ip seen { chain packets { type filter hook prerouting priority 0; ip daddr 10.0.0.0/16 counter; }; }",
    );
    // Other traffic is not affected.
    aws[1 - used]?.kill();
    t.true(
      await gateway.eventually(
        1,
        () => gateway.run("ping", "-n", "-q", "-c", "1", "-W", "1", "198.51.100.1") !== "",
      ),
    );
    t.true(await gateway.eventually(10, () => !/tunnel_up\{.*\} 1/.test(metrics())));
    t.notThrows(() => gateway.run("ping", "-n", "-q", "-c", "1", "-W", "1", "198.51.100.1"));
    const wayOut = () => gateway.run("ip", "-4", "route", "get", "10.0.0.10").includes("via 198.51.100.1");
    t.true(
      await gateway.eventually(10, wayOut),
      "charon removed its route: packets for the VPC meet the rules",
    );
    t.throws(() => gateway.run("ping", "-n", "-q", "-c", "1", "-W", "1", "10.0.0.10"));
    t.regex(beyond("list table ip seen"), /counter packets 0 bytes 0/);
  });
}

test("userspace: a host of the site's second range, behind a router, reaches the VPC's second range", async (t) => {
  t.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "vpn-gateway-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const gateway = new End(t, `vpn-test-gw-${process.pid}`, folder);
  const aws = ["1", "2"].map((n) => new End(t, `vpn-test-aws${n}-${process.pid}`, folder));
  connect(t, gateway, aws);
  for (const [i, end] of aws.entries()) {
    ip(`-n ${end.netns} addr add 10.8.0.10/16 dev inside`);
    end.write("/etc/strongswan.d/zz-test.conf", charon);
    end.write("/etc/swanctl/conf.d/1.conf", endpoint(outside[i]?.address ?? "", `${i + 1}`), 0o600);
    end.start("/usr/sbin/charon-systemd");
    t.true(await end.eventually(10, () => end.run("swanctl", "--load-all") !== ""));
  }
  const router = behind(t, gateway);
  const args = {
    ...gatewayArgs("swanctl.conf", "userspace"),
    siteCidrs: ["192.168.1.0/24", "192.168.2.0/24"],
    vpcCidrs: ["10.0.0.0/16", "10.8.0.0/16"],
  };
  for (const { path, content, mode } of vpnGateway(args).files ?? [])
    gateway.write(path, content, Number.parseInt(mode, 8));
  gateway.start("/usr/sbin/charon-systemd");
  t.true(await gateway.eventually(10, () => gateway.run("swanctl", "--load-all") !== ""));
  const status = () => gateway.run("/usr/local/lib/ecs-anywhere-hybrid/vpn-status");
  t.true(await gateway.eventually(20, () => status().match(/installed/g)?.length === 2), status());
  const ping = (from: string, to: string) => () =>
    execFileSync("ip", ["netns", "exec", router, "ping", "-nqc1", "-W1", "-I", from, to], {
      stdio: "ignore",
    }) !== undefined;
  t.true(await gateway.eventually(10, ping("192.168.2.103", "10.8.0.10")), "second to second");
  t.true(await gateway.eventually(10, ping("192.168.2.103", "10.0.0.10")), "second to first");
  const table = gateway.run("ip", "-4", "route", "show", "table", "220");
  for (const range of args.vpcCidrs) t.true(table.includes(`${range} dev ipsec`), table);
});
