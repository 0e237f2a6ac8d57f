import { createServer } from "node:http";
import test from "ava";
import { docker as step } from "../../../pi/steps/docker.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";
import { debian, dockerInfo, forwarding, group } from "../../support/stand-ins/debian.ts";
import { docker } from "../../support/stand-ins/docker.ts";
import { host } from "../../support/stand-ins/host.ts";

const releases = [
  { release: "12", version: "20.10.24", packages: ["docker.io", "runc"] },
  // why: Debian 13's docker.io has no command line, which is in a separate package.
  { release: "13", version: "26.1.5", packages: ["docker-cli", "docker.io", "runc"] },
] as const;

for (const { release, version, packages } of releases) {
  // why: on the lab's hosts the bridge, the chains, the policy DROP, the group and containerd's folder were still there after
  // an undo (71e4261, d45bf66).
  test(`Debian ${release}: Docker from the distribution, started at boot, and removed by undo`, async (t) => {
    const at = host(t, debian(release));
    const before = { files: at.snapshot(), nat: at.rules("nat"), filter: at.rules("filter") };
    const { changed, facts } = await at.succeed(step());
    t.deepEqual(changed, ["package docker.io", "package docker-cli", "unit docker.service"]);
    t.deepEqual(facts, { dockerVersion: version, cgroupVersion: "2" });
    t.deepEqual(at.packages, packages);
    t.true(at.exists("/etc/systemd/system/multi-user.target.wants/docker.service"));
    t.true(at.forwards);
    t.regex(at.rules("filter"), /^:FORWARD DROP .*docker0/ms);
    t.deepEqual((await at.succeed(step())).changed, []);

    await at.succeed(step(), "undo");
    t.deepEqual(at.packages, []);
    t.deepEqual(at.activeUnits, []);
    t.deepEqual(at.links, ["eth0"]);
    t.deepEqual(at.groups, []);
    t.false(at.forwards);
    t.deepEqual({ files: at.snapshot(), nat: at.rules("nat"), filter: at.rules("filter") }, before);
  });
}

test("undo leaves a group and forwarding that were there before Docker", async (t) => {
  const at = host(t, debian("12"), group("docker"), forwarding);
  await at.succeed(step());
  await at.succeed(step(), "undo");
  t.deepEqual(at.groups, ["docker"]);
  t.true(at.forwards);
  t.regex(at.rules("filter"), /^:FORWARD DROP /m);
});

// why: a Docker that a person had installed by another package's name was installed a second time (cd68468).
test("an existing Docker is used as it is, and only started", async (t) => {
  const at = host(t, debian("12"), docker({ running: false }));
  await at.succeed(step());
  t.false(at.calls().some((call) => call.startsWith("apt-get")));
  t.deepEqual(at.activeUnits, ["docker.service"]);
  await at.succeed(step(), "undo");
  t.deepEqual(at.activeUnits, [], "as it was: not started");
  t.false(at.calls().some((call) => /^(ip|iptables-restore|groupdel)/.test(call)));
});

test("undo leaves a Docker running that ran before", async (t) => {
  const at = host(t, debian("12"), docker({ running: true }));
  t.deepEqual((await at.succeed(step())).changed, []);
  await at.succeed(step(), "undo");
  t.deepEqual(at.activeUnits, ["docker.service"]);
});

// why: without the memory controller `docker run --memory` warns, ends with 0 and runs without a limit.
test("a Docker that cannot limit memory is refused, whatever its exit status", async (t) => {
  const at = host(t, debian("12"), docker({ running: true, limitsMemory: false }));
  const stderr = await at.refuse({ ...step(), settleSeconds: 0 });
  t.regex(
    stderr,
    /docker: docker info: WARNING: No memory limit support: must say that it limits memory; reboot/,
  );
});

test("with curl, the step asks Docker's API instead of its command, which takes three times as long", async (t) => {
  const at = host(t, debian("12"));
  await at.succeed(step());
  const server = createServer((request, response) => {
    if (request.url === "/info") response.end(dockerInfo("27.5.1"));
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(at.path("/run/docker.sock"), listening));
  t.teardown(() => server.close());
  at.calls();
  const { changed, facts } = await at.succeed(step());
  t.deepEqual(changed, []);
  t.deepEqual(facts, { dockerVersion: "27.5.1", cgroupVersion: "2" });
  t.deepEqual(
    at.calls().filter((call) => call.startsWith("docker")),
    [],
  );
});

test("every script passes shellcheck", (t) => hasGoodScripts(t, step()));
