import * as fs from "node:fs";
import test, { type ExecutionContext } from "ava";
import type { Step } from "../../pi/step.ts";
import { ScratchRoot } from "../support/scratch-root.ts";
import { apt, nftables, systemd, unit, unitStates } from "../support/stand-ins/primitives.ts";

/** A host with systemd, apt and nft of its own. */
function host(t: ExecutionContext): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  systemd(host);
  nftables(host);
  apt(host, {
    server: { needs: ["libserver"], unit: "server.service", user: "server" },
    libserver: {},
    plugin: { needs: ["libserver"] },
    tool: {},
  });
  host.write("/proc/sys/net/ipv4/ip_forward", "0\n");
  for (const name of ["all", "eth0"]) host.write(`/proc/sys/net/ipv4/conf/${name}/send_redirects`, "1\n");
  return host;
}

const installed = (at: ScratchRoot) => fs.readdirSync(at.path("/installed")).sort();
const nft = (name: string, rule = "") =>
  `table inet ${name} {}\ndelete table inet ${name}\ntable inet ${name} {\n${rule}}\n`;

const step: Step = {
  name: "whole",
  files: [
    { path: "/etc/server.conf", mode: "644", content: "1\n" },
    { path: "/etc/whole.nft", mode: "644", content: nft("whole") },
  ],
  packages: [
    {
      name: "server",
      unless: ["/usr/bin/server"],
      leaves: { users: ["server"], folders: ["/var/lib/server"] },
    },
  ],
  sysctls: { "net.ipv4.ip_forward": "1", "net.ipv4.conf.*.send_redirects": "0" },
  tables: [{ name: "inet whole", file: "/etc/whole.nft" }],
  units: [{ name: "server.service", enabled: true, running: true, restartOn: ["/etc/server.conf"] }],
  remember: ["forwarding"],
  script: `before_forwarding() { cat "$ROOT/proc/sys/net/ipv4/ip_forward"; }\n`,
  verify: ":",
  settleSeconds: 0,
};

test("what is declared comes into force, is left alone while it holds, and is undone", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  t.deepEqual((await at.succeed(step)).changed, [
    "package server",
    "/etc/server.conf",
    "/etc/whole.nft",
    "/etc/sysctl.d/90-ecs-anywhere-hybrid-whole.conf",
    "/etc/systemd/system/ecs-anywhere-hybrid-whole.service",
    "/etc/systemd/system/nftables.service.d/ecs-anywhere-hybrid-whole.conf",
    "sysctl net.ipv4.ip_forward",
    "sysctl net.ipv4.conf.*.send_redirects",
    "table inet whole",
    "unit ecs-anywhere-hybrid-whole.service",
    "unit server.service",
  ]);
  t.deepEqual(installed(at), ["libserver", "server"]);
  t.is(at.read("/proc/sys/net/ipv4/conf/eth0/send_redirects"), "0\n");
  t.is(at.read("/proc/sys/net/ipv4/ip_forward"), "1\n");
  t.deepEqual(unitStates(at), {
    enabled: ["ecs-anywhere-hybrid-whole.service", "server.service"],
    active: ["ecs-anywhere-hybrid-whole.service", "server.service"],
  });
  t.is(at.read("/run/tables/whole"), nft("whole"));

  at.calls();
  t.deepEqual((await at.succeed(step)).changed, []);
  t.deepEqual(at.calls(), [
    "systemctl show -p UnitFileState -p ActiveState -- ecs-anywhere-hybrid-whole.service server.service",
    "nft -s list table inet whole",
  ]);

  at.write("/var/lib/server/data", "");
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);
  t.is(at.read("/proc/sys/net/ipv4/conf/eth0/send_redirects"), "1\n");
  t.is(at.read("/proc/sys/net/ipv4/ip_forward"), "0\n");
  t.deepEqual(unitStates(at), { enabled: [], active: [] });
  t.false(at.exists("/run/tables/whole"));
});

test("what drifted in the running system is restored and named", async (t) => {
  const at = host(t);
  await at.succeed(step);
  const drifts: Record<string, () => void> = {
    "sysctl net.ipv4.ip_forward": () => at.write("/proc/sys/net/ipv4/ip_forward", "0\n"),
    "sysctl net.ipv4.conf.*.send_redirects": () =>
      at.write("/proc/sys/net/ipv4/conf/eth1/send_redirects", "1\n"),
    "table inet whole": () => fs.rmSync(at.path("/run/tables/whole")),
    "unit server.service": () => fs.rmSync(at.path("/run/active/server.service")),
  };
  for (const [name, drift] of Object.entries(drifts)) {
    drift();
    t.deepEqual((await at.succeed(step, "check")).changed, [name]);
    t.deepEqual((await at.succeed(step)).changed, [name]);
    t.deepEqual((await at.succeed(step)).changed, []);
  }
});

test("what was there before is used, and stays as it was", async (t) => {
  const at = host(t);
  at.write("/installed/server", "");
  at.write("/installed/libserver", "");
  at.write("/users/server", "");
  at.write("/var/lib/server/data", "theirs");
  unit(at, "server.service", { active: true });
  at.write("/proc/sys/net/ipv4/ip_forward", "1\n");
  const before = at.snapshot();
  const { changed } = await at.succeed(step);
  t.false(changed.includes("package server"));
  t.false(changed.includes("sysctl net.ipv4.ip_forward"));
  t.true(changed.includes("unit server.service"), "it was not enabled");
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);
  t.deepEqual(unitStates(at), { enabled: [], active: ["server.service"] });
  t.is(at.read("/proc/sys/net/ipv4/ip_forward"), "1\n");
});

test("a package is not installed where something else does its work", async (t) => {
  const at = host(t);
  at.write("/usr/bin/server", "");
  unit(at, "server.service", { active: true, enabled: true });
  await at.succeed(step);
  t.deepEqual(installed(at), []);
});

test("a package that something else needs by now stays, with what it left", async (t) => {
  const at = host(t);
  await at.succeed(step);
  at.write("/installed/plugin", "");
  const { stderr } = await at.run(step, "undo");
  t.regex(stderr, /keeps what these need: plugin/);
  t.deepEqual(installed(at), ["libserver", "plugin"]);
});

test("a setting that another owner's file has, or a unit needs, stays after undo", async (t) => {
  const at = host(t);
  const sysctls = { "net.ipv4.ip_forward": { value: "1", keptFor: "docker.service" } };
  const only: Step = { name: "only", sysctls, verify: ":" };
  await at.succeed(only);
  at.write("/etc/sysctl.d/99-theirs.conf", "# x\n net.ipv4.ip_forward=1 \n");
  await at.succeed(only, "undo");
  t.is(at.read("/proc/sys/net/ipv4/ip_forward"), "1\n");
  fs.rmSync(at.path("/etc/sysctl.d/99-theirs.conf"));
  at.write("/proc/sys/net/ipv4/ip_forward", "0\n");
  await at.succeed(only);
  unit(at, "docker.service", { active: true });
  await at.succeed(only, "undo");
  t.is(at.read("/proc/sys/net/ipv4/ip_forward"), "1\n");
});

test("a unit follows its files: restarted or reloaded when one changed, and when the change is undone", async (t) => {
  const at = host(t);
  unit(at, "theirs.service", { active: true, enabled: true });
  const version = (content: string, more: Partial<Step> = {}): Step => ({
    name: "follows",
    files: [{ path: "/etc/theirs.d/ours.conf", mode: "644", content }],
    units: [{ name: "theirs.service", reloadOn: ["/etc/theirs.d/"] }],
    verify: ":",
    settleSeconds: 0,
    ...more,
  });
  const told = () => at.calls().filter((call) => /systemctl (try-)?(re|st)/.test(call));
  await at.succeed(version("1\n"));
  t.deepEqual(told(), ["systemctl try-reload-or-restart theirs.service"]);
  await at.succeed(version("1\n"));
  t.deepEqual(told(), []);
  await at.refuse(version("2\n", { verify: "false" }));
  t.deepEqual(told(), [
    "systemctl try-reload-or-restart theirs.service",
    "systemctl try-reload-or-restart theirs.service",
  ]);
  t.is(at.read("/etc/theirs.d/ours.conf"), "1\n");
  await at.succeed(version("1\n"), "undo");
  t.deepEqual(told(), ["systemctl try-reload-or-restart theirs.service"]);
});

test("a unit that does not start fails the step with an error of four parts; the previous state is restored", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  const bare: Step = {
    name: "bare",
    files: [{ path: "/etc/systemd/system/bare.service", mode: "644", content: "[Service]\n" }],
    units: [{ name: "bare.service", enabled: true, running: true }],
    verify: ":",
    settleSeconds: 0,
  };
  at.write("/run/broken/bare.service", "");
  t.regex(
    await at.refuse(bare),
    /^bare: unit bare.service: enabled, inactive: must be enabled and running; look at what it says: journalctl -u bare.service$/m,
  );
  t.deepEqual(at.snapshot(), before);
  t.deepEqual(unitStates(at), { enabled: [], active: [] });
});

test("rules that nft cannot read are refused before anything is touched", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  const broken = {
    ...step,
    packages: [],
    units: [],
    files: [{ path: "/etc/whole.nft", mode: "644" as const, content: nft("whole", "broken") }],
  };
  t.regex(
    await at.refuse(broken),
    /nft -c -f .*: exit status 1: must be 0; see what it printed:\nsyntax error/,
  );
  t.deepEqual(at.snapshot(), before);
});

test("a first change that fails leaves its packages for the next try, and nothing of what they started", async (t) => {
  const at = host(t);
  t.regex(await at.refuse({ ...step, verify: "false" }), /the previous state was restored/);
  t.deepEqual(installed(at), ["libserver", "server"]);
  t.deepEqual(unitStates(at), { enabled: [], active: [] });
  t.is(at.read("/proc/sys/net/ipv4/ip_forward"), "0\n");
  t.false(at.exists("/run/tables/whole"));
  await at.succeed({ ...step, verify: '[ "$(before forwarding)" = 0 ]' });
  await at.succeed(step, "undo");
  t.deepEqual(installed(at), []);
  t.false(at.exists("/users/server"));
  t.false(at.exists("/var/lib/ecs-anywhere-hybrid"));
});

test("a later version that fails leaves the running system as the former version had it", async (t) => {
  const at = host(t);
  await at.succeed(step);
  const former = at.snapshot();
  const later: Step = {
    ...step,
    sysctls: { "net.ipv4.ip_forward": "0", "net.ipv4.conf.all.rp_filter": "2" },
    units: [{ name: "server.service", enabled: false, running: false }],
    files: [{ path: "/etc/whole.nft", mode: "644", content: nft("whole", "later\n") }],
    verify: "false",
  };
  await at.refuse(later);
  t.deepEqual(at.snapshot(), former);
  t.is(at.read("/proc/sys/net/ipv4/ip_forward"), "1\n");
  t.is(at.read("/proc/sys/net/ipv4/conf/eth0/send_redirects"), "0\n");
  t.is(at.read("/run/tables/whole"), nft("whole"));
  t.deepEqual(unitStates(at).active, ["ecs-anywhere-hybrid-whole.service", "server.service"]);
  t.deepEqual((await at.succeed(step)).changed, []);
});

test("what a later version no longer declares is undone", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  await at.succeed(step);
  const later: Step = { name: "whole", packages: [{ name: "tool" }], verify: ":" };
  const { changed } = await at.succeed(later);
  t.true(
    ["package server", "table inet whole", "unit server.service"].every((name) => changed.includes(name)),
  );
  t.deepEqual(installed(at), ["tool"]);
  t.false(at.exists("/users/server"));
  t.is(at.read("/proc/sys/net/ipv4/ip_forward"), "0\n");
  t.false(at.exists("/run/tables/whole"));
  t.deepEqual(unitStates(at), { enabled: [], active: [] });
  t.deepEqual((await at.succeed(later)).changed, []);
  await at.succeed(later, "undo");
  t.deepEqual(at.snapshot(), before);
});

test("a fact about the host before the step is kept from the first change on", async (t) => {
  const at = host(t);
  const fact: Step = {
    name: "fact",
    remember: ["lines", "nothing", "blank", "dash"],
    script: `
before_lines() { echo "one 1"; [ ! -e "$ROOT/etc/x" ] || echo late; echo "two  2"; }
before_nothing() { :; }; before_dash() { echo -; }; before_blank() { printf '\\n\\344'; }
`,
    apply: `: >"$ROOT/etc/x"; [ "$(before lines)" = "one 1
two  2" ]; [ -z "$(before nothing)" ]; [ "$(before blank)" = "$(before_blank)" ]; [ "$(before dash)" = - ]; ! before unknown`,
    verify: '[ -e "$ROOT/etc/x" ]; fact lines "$(before lines)"',
    undo: 'before lines >"$ROOT/run/lines"; rm -f "$ROOT/etc/x"',
  };
  t.is((await at.succeed(fact)).facts.lines, "one 1\ntwo  2");
  fs.rmSync(at.path("/etc/x"));
  await at.succeed(fact);
  await at.succeed(fact, "undo");
  t.is(at.read("/run/lines"), "one 1\ntwo  2\n");
  t.regex(
    await at.refuse({ ...fact, script: "before_lines() { echo why; false; }\n" }),
    /before_lines: exit status 1: must be 0; see what it printed:/,
  );
  t.false(at.exists("/var/lib/ecs-anywhere-hybrid"));
});
