import { createServer } from "node:http";
import test, { type ExecutionContext } from "ava";
import { docker } from "../../../pi/steps/docker.ts";
import { ScratchRoot } from "../../support/scratch-root.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";

/** A line of `docker info` as JSON, and of GET /info: a few of its eighty fields. */
const info = (version: string, limits: boolean) =>
  `${JSON.stringify({ ID: "ZG6B", MemoryLimit: limits, CgroupVersion: "2", ServerVersion: version, Warnings: null })}\n`;

/** A host whose packages are files under /installed; docker.io brings the daemon, docker-cli the command. */
function host(t: ExecutionContext, release = "12"): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  host.write("/etc/os-release", `ID=debian\nVERSION_ID=${release}\n`);
  host.write("/run/systemd/system/.keep", "");
  host.write("/installed/.keep", "");
  host.fake("dpkg", "echo arm64");
  host.fakeInstalled("/installed/");
  host.fake("docker", '[ -e "$ROOT/up" ] && [ -e "$ROOT/usr/bin/docker" ] && cat "$ROOT/info"');
  host.write("/info", info("20.10.24", true));
  const client = 'mkdir -p "$ROOT/usr/bin"; : >"$ROOT/usr/bin/docker"';
  host.fake(
    "apt-get",
    `
case "$*" in
  *"-s install docker.io") echo "Inst runc (1)"; echo "Inst docker.io (20)" ;;
  *"-s install docker-cli") echo "Inst docker-cli (26)" ;;
  *"-y install docker.io") : >"$ROOT/installed/docker.io"; : >"$ROOT/installed/runc"; ${release === "12" ? client : ":"} ;;
  *"-y install docker-cli") : >"$ROOT/installed/docker-cli"; ${client} ;;
  *"-y purge "*) rm -rf "$ROOT/installed"/* "$ROOT/usr/bin" ;;
esac
`,
  );
  host.fake(
    "systemctl",
    `
wants="$ROOT/etc/systemd/system/multi-user.target.wants"
case "$*" in
  cat*) [ -e "$ROOT/installed/docker.io" ] ;;
  *is-enabled*) [ -e "$wants/docker.service" ] ;;
  *is-active*) [ -e "$ROOT/up" ] ;;
  "enable --now docker.service") mkdir -p "$wants"; : >"$wants/docker.service"; : >"$ROOT/up"
    mkdir -p "$ROOT/var/lib/containerd"; : >"$ROOT/var/lib/containerd/meta.db" ;;
  "disable --now docker.service docker.socket") rm -f "$wants/docker.service" "$ROOT/up" ;;
esac
`,
  );
  // What a Docker that is removed leaves behind; never asked of the machine that runs the tests, which may have one.
  host.write("/proc/sys/net/ipv4/ip_forward", "0\n");
  host.fake("getent", "exit 2");
  for (const name of ["groupdel", "ip", "sysctl"]) host.fake(name);
  host.fake(
    "iptables-save",
    `
echo "*$2"
[ "$2" = nat ] || echo ":FORWARD DROP [0:0]"
echo ":DOCKER - [0:0]"
echo "-A FORWARD -o docker0 -j ACCEPT"
echo "-A FORWARD -s 10.0.0.0/16 -j ACCEPT"
`,
  );
  host.fake("iptables-restore", 'cat >"$ROOT/run/restored-$2"');
  return host;
}

for (const release of ["12", "13"]) {
  test(`Debian ${release}: Docker from the distribution, started at boot, and gone with undo`, async (t) => {
    const at = host(t, release);
    const before = at.snapshot();
    const { changed, facts } = await at.succeed(docker());
    t.deepEqual(changed, ["apply"]);
    t.deepEqual(facts, { dockerVersion: "20.10.24", cgroupVersion: "2" });
    t.deepEqual((await at.succeed(docker())).changed, []);
    at.calls();
    await at.succeed(docker(), "undo");
    const calls = at.calls();
    for (const call of ["ip link delete docker0", "groupdel docker", "sysctl -qw net.ipv4.ip_forward=0"])
      t.true(calls.includes(call), call);
    t.is(at.read("/run/restored-nat"), "*nat\n-A FORWARD -s 10.0.0.0/16 -j ACCEPT\n");
    t.is(
      at.read("/run/restored-filter"),
      "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s 10.0.0.0/16 -j ACCEPT\n",
    );
    delete before["/etc/systemd"];
    const after = Object.fromEntries(
      Object.entries(at.snapshot()).filter(([path]) => !path.startsWith("/etc/systemd")),
    );
    t.deepEqual(after, before);
  });
}

test("undo leaves a group and forwarding that were there before Docker", async (t) => {
  const at = host(t);
  at.fake("getent");
  at.write("/proc/sys/net/ipv4/ip_forward", "1\n");
  await at.succeed(docker());
  at.calls();
  await at.succeed(docker(), "undo");
  const calls = at.calls();
  t.false(calls.some((call) => /^(groupdel|sysctl)/.test(call)));
  t.regex(at.read("/run/restored-filter"), /^:FORWARD DROP /m);
});

test("a Docker that is there already is taken as it is, and only started", async (t) => {
  const at = host(t);
  at.write("/installed/docker.io", "");
  at.write("/usr/bin/docker", "");
  await at.succeed(docker());
  t.false(at.calls().some((call) => call.startsWith("apt-get")));
  await at.succeed(docker(), "undo");
  t.false(at.exists("/up"), "as it was: not started");
  t.false(at.calls().some((call) => /^(ip|iptables-restore|groupdel)/.test(call)));
});

test("a Docker that cannot limit memory is refused, whatever exit status it would give", async (t) => {
  const at = host(t);
  at.write("/installed/docker.io", "");
  at.write("/usr/bin/docker", "");
  at.fake("docker", `if [ $# = 1 ]; then echo "WARNING: No memory limit support"; else cat "$ROOT/info"; fi`);
  at.write("/info", info("20.10.24", false));
  const stderr = await at.refuse({ ...docker(), settleSeconds: 0 });
  t.regex(
    stderr,
    /docker: docker info: WARNING: No memory limit support: must say that it limits memory; reboot/,
  );
});

test("where there is curl, Docker's own API is asked instead of its command, which takes three times as long", async (t) => {
  const at = host(t);
  await at.succeed(docker());
  const server = createServer((request, response) => {
    if (request.url === "/info") response.end(info("27.5.1", true));
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(at.path("/run/docker.sock"), listening));
  t.teardown(() => server.close());
  at.calls();
  const { changed, facts } = await at.succeed(docker());
  t.deepEqual(changed, []);
  t.deepEqual(facts, { dockerVersion: "27.5.1", cgroupVersion: "2" });
  t.deepEqual(
    at.calls().filter((call) => call.startsWith("docker")),
    [],
  );
});

test("every script passes shellcheck", (t) => hasGoodScripts(t, docker()));
