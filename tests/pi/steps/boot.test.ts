import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { bootFlags } from "../../../pi/steps/boot-flags.ts";
import { fan } from "../../../pi/steps/fan.ts";
import { kernel } from "../../../pi/steps/kernel.ts";
import { reboot } from "../../../pi/steps/reboot.ts";
import { ScratchRoot } from "../../support/scratch-root.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";

const bookworm = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n';
const line =
  "console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootfstype=ext4 fsck.repair=yes rootwait";

type Cgroup = "v1" | "v2";

/** A Pi with Debian 12, 64-bit, whose kernel keeps the memory controller off until it boots with the flag. */
function pi(t: ExecutionContext, cgroup: Cgroup = "v2"): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  host.write("/etc/os-release", bookworm);
  host.write("/boot/firmware/cmdline.txt", `${line}\n`);
  host.fake("dpkg", "echo arm64");
  bootKernel(host, cgroup, "first");
  return host;
}

function bootKernel(host: ScratchRoot, cgroup: Cgroup, id: string, on?: boolean): void {
  host.boot(id);
  host.write("/run/systemd/system/.keep", "");
  const given = host.exists("/boot/firmware/cmdline.txt")
    ? host.read("/boot/firmware/cmdline.txt").trim()
    : "quiet";
  const memory = on ?? given.includes("cgroup_enable=memory");
  host.write("/proc/cmdline", `coherent_pool=1M cgroup_disable=memory ${given}\n`);
  host.write(
    "/proc/cgroups",
    `#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t90\t1\nmemory\t9\t90\t${memory ? 1 : 0}\n`,
  );
  const mounts = "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu,cpuacct 0 0\n";
  if (cgroup === "v1") {
    host.write(
      "/proc/mounts",
      memory ? `${mounts}cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0\n` : mounts,
    );
  } else {
    // As in kernel 6.12: the controller is in this list only.
    host.write("/proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t0\t90\t1\n");
    host.write("/proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
    host.write(
      "/sys/fs/cgroup/cgroup.controllers",
      memory ? "cpuset cpu io memory pids\n" : "cpuset cpu io pids\n",
    );
  }
}

/** Makes `systemctl reboot` note its call; the unit runs at once, beside the program. */
function withSystemd(host: ScratchRoot): void {
  host.fake("systemctl", 'case "$*" in *is-active*ssh.service) exit 0 ;; *is-active*) exit 3 ;; esac');
  host.fake("systemd-run", 'while [ "$1" != sh ]; do shift; done; "$@" >/dev/null 2>&1 </dev/null &');
  host.fake("sleep", 'case $1 in 5) ;; 120) exec /bin/sleep 600 ;; *) exec /bin/sleep "$1" ;; esac');
}

for (const cgroup of ["v1", "v2"] as const) {
  test(`cgroup ${cgroup}: flag, reboot, kernel: three steps enable the memory controller, once`, async (t) => {
    const at = pi(t, cgroup);
    withSystemd(at);
    const steps = [bootFlags(), reboot({ needs: [bootFlags()] }), kernel({ needs: [bootFlags()] })] as const;
    t.deepEqual((await at.succeed(steps[0])).changed, ["/boot/firmware/cmdline.txt"]);
    t.is(at.read("/boot/firmware/cmdline.txt"), `${line} cgroup_enable=memory\n`);
    at.calls();
    t.deepEqual((await at.succeed(steps[1])).changed, ["apply"]);
    const calls = at.calls();
    t.true(calls.includes("systemctl stop ssh.service"));
    t.true(at.exists("/run/ecs-anywhere-hybrid/rebooting"));
    spawnSync("pkill", ["-f", `${at.root}/run/ecs-anywhere-hybrid/rebooting`]);
    bootKernel(at, cgroup, "second");
    const { facts, changed } = await at.succeed(steps[2]);
    t.deepEqual(changed, []);
    t.is(facts.cgroup, cgroup);
    t.is(facts.architecture, "arm64");
    t.is(facts.system, "Debian GNU/Linux 12 (bookworm)");
    for (const step of steps) t.deepEqual((await at.succeed(step)).changed, []);
    t.deepEqual(
      at.calls().filter((call) => /reboot/.test(call)),
      [],
    );
    await at.succeed(steps[1], "undo");
    await at.succeed(steps[0], "undo");
    t.is(at.read("/boot/firmware/cmdline.txt"), `${line}\n`);
    t.false(at.exists("/var/lib/ecs-anywhere-hybrid"));
  });
}

test("older images: the file is /boot/cmdline.txt", async (t) => {
  const at = pi(t);
  at.write("/boot/cmdline.txt", `${line}\n`);
  at.write("/boot/firmware/cmdline.txt", `${line}\n`);
  rmSync(at.path("/boot/firmware"), { recursive: true });
  t.deepEqual((await at.succeed(bootFlags())).changed, ["/boot/cmdline.txt"]);
});

test("a flag that was removed by hand is added again, though the running kernel still has it", async (t) => {
  const at = pi(t);
  await at.succeed(bootFlags());
  bootKernel(at, "v2", "second");
  at.write("/boot/firmware/cmdline.txt", `${line}\n`);
  t.deepEqual((await at.succeed(bootFlags())).changed, ["/boot/firmware/cmdline.txt"]);
});

test("a kernel that limits memory without the flag needs no flag and no reboot", async (t) => {
  const at = pi(t);
  bootKernel(at, "v2", "first", true);
  t.deepEqual((await at.succeed(bootFlags())).changed, []);
  t.deepEqual((await at.succeed(reboot({ needs: [bootFlags()] }))).changed, []);
  t.is((await at.succeed(kernel({ needs: [bootFlags()] }))).facts.cgroup, "v2");
});

test("without a controller and a cmdline.txt, the error says where else the flag goes", async (t) => {
  const at = pi(t);
  rmSync(at.path("/boot/firmware"), { recursive: true });
  t.regex(
    await at.refuse(bootFlags()),
    /boot-flags: kernel: no memory controller, and no cmdline.txt .* GRUB/,
  );
});

test("32-bit userland and unknown systems are refused before anything is touched", async (t) => {
  const at = pi(t);
  const before = at.snapshot();
  at.fake("dpkg", "echo armhf");
  t.is(
    await at.refuse(bootFlags()),
    "boot-flags: userland: armhf: must be 64-bit, arm64 or amd64, for the ECS agent; " +
      "write the 64-bit image of the system to the host's disk\n",
  );
  t.deepEqual(at.snapshot(), before);
  t.regex(await at.refuse(kernel({ needs: [bootFlags()] })), /kernel: userland: armhf: must be 64-bit/);
  for (const [release, shown] of [
    ['PRETTY_NAME="Alpine Linux v3.20"\nID=alpine\nVERSION_ID=3.20.0\n', "Alpine Linux v3.20"],
    [
      'PRETTY_NAME="Raspbian GNU/Linux 11 (bullseye)"\nID=raspbian\nVERSION_ID="11"\n',
      "Raspbian GNU/Linux 11 (bullseye)",
    ],
    ['PRETTY_NAME="Ubuntu 20.04.6 LTS"\nID=ubuntu\nVERSION_ID="20.04"\n', "Ubuntu 20.04.6 LTS"],
    ["", "unknown"],
  ] as const) {
    at.write("/etc/os-release", release);
    t.true(
      (await at.refuse(bootFlags())).startsWith(
        `boot-flags: operating system: ${shown}: must be Raspberry Pi OS`,
      ),
    );
  }
  at.fake("dpkg", "echo arm64");
  for (const [id, version] of [
    ["ubuntu", "22.04"],
    ["raspbian", "12"],
    ["debian", "13"],
  ]) {
    at.write("/etc/os-release", `ID=${id}\nVERSION_ID="${version}"\n`);
    await at.succeed(bootFlags());
    await at.succeed(bootFlags(), "undo");
  }
  at.write("/etc/os-release", bookworm);
  rmSync(at.path("/run/systemd"), { recursive: true });
  t.regex(await at.refuse(bootFlags()), /bookworm\) without systemd: must have been booted by systemd/);
});

test("the step kernel fails when the host did not reboot, or the flag did not help", async (t) => {
  const at = pi(t);
  await at.succeed(bootFlags());
  t.regex(
    await at.refuse(kernel({ needs: [bootFlags()] })),
    /kernel: reboot: the host is still in the boot in which its boot files were changed/,
  );
  bootKernel(at, "v2", "second", false);
  t.regex(
    await at.refuse(kernel({ needs: [bootFlags()] })),
    /kernel: kernel: .*command line: .*cgroup_enable=memory.*: must be able to limit memory/,
  );
});

test("a host that never goes down: kernel waits for the dead man, then reports it", async (t) => {
  const at = pi(t);
  await at.succeed(bootFlags());
  at.write("/run/ecs-anywhere-hybrid/rebooting", "");
  at.fake("sleep", 'rm -f "$ROOT/run/ecs-anywhere-hybrid/rebooting"');
  t.regex(
    await at.refuse(kernel({ needs: [bootFlags()] })),
    /must have rebooted since; reboot the host by hand/,
  );
});

test("a host that stays up despite the reboot opens SSH again", async (t) => {
  const at = pi(t);
  withSystemd(at);
  at.fake(
    "sleep",
    'case $1 in 5) ;; 120) until [ -e "$ROOT/tmp/time-is-up" ]; do /bin/sleep 0.05; done ;; *) exec /bin/sleep "$1" ;; esac',
  );
  await at.succeed(bootFlags());
  await at.succeed(reboot({ needs: [bootFlags()] }));
  const calls = at.calls();
  t.true(calls.includes("systemctl stop ssh.service"));
  at.write("/tmp/time-is-up", "");
  while (!calls.includes("systemctl start ssh.service")) {
    await sleep(50);
    calls.push(...at.calls());
  }
  t.false(at.exists("/run/ecs-anywhere-hybrid/rebooting"));
});

test("a reboot that systemd refuses is an error", async (t) => {
  const at = pi(t);
  await at.succeed(bootFlags());
  at.fake("systemd-run", "echo 'Failed to connect to bus' >&2; exit 1");
  t.regex(
    await at.refuse(reboot({ needs: [bootFlags()] })),
    /systemd-run .*: exit status 1: must be 0; see what it printed:\nFailed to connect to bus/s,
  );
});

test("the reboot step changes when one of its steps does", (t) => {
  const celsius = [68, 72, 76, 80] as [number, number, number, number];
  const one = reboot({ needs: [fan({ overlay: "rpi-poe", celsius })] });
  const other = reboot({ needs: [fan({ overlay: "rpi-poe-plus", celsius })] });
  t.notDeepEqual(one, other);
});

test("the fan's overlay and temperatures go into the file that the image uses", async (t) => {
  const step = fan({ overlay: "rpi-poe", celsius: [68, 72, 76.5, 80] });
  const at = pi(t);
  at.write("/boot/firmware/config.txt", "[pi4]\narm_boost=1");
  at.write("/sys/class/thermal/thermal_zone0/temp", "53172\n");
  const before = at.snapshot();
  const { changed, facts } = await at.succeed(step);
  t.deepEqual(changed, ["/boot/firmware/config.txt"]);
  t.is(facts.temperatureCelsius, "53.1");
  t.is(
    at.read("/boot/firmware/config.txt"),
    `[pi4]
arm_boost=1
# >>> ecs-anywhere-hybrid fan
[all]
dtoverlay=rpi-poe
dtparam=poe_fan_temp0=68000,poe_fan_temp0_hyst=2000
dtparam=poe_fan_temp1=72000,poe_fan_temp1_hyst=2000
dtparam=poe_fan_temp2=76500,poe_fan_temp2_hyst=2000
dtparam=poe_fan_temp3=80000,poe_fan_temp3_hyst=2000
dtoverlay=
# <<< ecs-anywhere-hybrid fan
`,
  );
  t.true(at.exists("/run/ecs-anywhere-hybrid/reboot/fan"));
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);

  at.write("/boot/firmware/usercfg.txt", "# yours\n");
  t.deepEqual((await at.succeed(step)).changed, ["/boot/firmware/config.txt"], "not included: not read");
  await at.succeed(step, "undo");
  at.write("/boot/firmware/config.txt", "include syscfg.txt\ninclude usercfg.txt\n");
  t.deepEqual((await at.succeed(step)).changed, ["/boot/firmware/usercfg.txt"]);
  await at.succeed(step, "undo");

  rmSync(at.path("/boot/firmware"), { recursive: true });
  at.write("/boot/config.txt", "");
  t.deepEqual((await at.succeed(step)).changed, ["/boot/config.txt"]);
  rmSync(at.path("/boot/config.txt"));
  t.regex(await at.refuse(step), /fan: fan: no config.txt in .*: must be a Raspberry Pi; remove the fan/);
});

test("every script passes shellcheck", (t) => {
  for (const step of [
    bootFlags(),
    fan({ overlay: "rpi-poe", celsius: [1, 2, 3, 4] }),
    reboot({ needs: [bootFlags()] }),
    kernel({ needs: [bootFlags()] }),
  ]) {
    hasGoodScripts(t, step);
  }
});
