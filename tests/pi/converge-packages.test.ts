import test, { type ExecutionContext } from "ava";
import type { Step } from "../../pi/step.ts";
import { ScratchRoot } from "../support/scratch-root.ts";

const step: Step = {
  name: "packaged",
  prepare: "install_packages alpha beta",
  verify: `[ -e "$ROOT/installed/alpha" ]`,
  settleSeconds: 0,
  undo: "remove_packages",
};

/**
 * A host with an apt that knows alpha (which brings libalpha) and beta. Installed packages are files under /installed,
 * `plugin` needs libalpha.
 */
function host(t: ExecutionContext): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  host.write("/installed/.keep", "");
  host.fakeInstalled("/installed/");
  apt(host);
  return host;
}

function apt(host: ScratchRoot, before = ""): void {
  host.fake(
    "apt-get",
    `
simulate= assume_no= command= names=
for word; do
  case $word in
    -s) simulate=yes ;;
    --assume-no) assume_no=yes ;;
    -*|*=*) ;;
    *) if [ -z "$command" ]; then command=$word; else names="$names $word"; fi ;;
  esac
done
${before}
case $command in
  install)
    for name in $names; do
      if [ "$name" = alpha ] && [ ! -e "$ROOT/installed/libalpha" ]; then names="libalpha $names"; fi
      case $name in alpha | beta) ;; *) echo "E: Unable to locate package $name" >&2; exit 100 ;; esac
    done
    if [ -n "$assume_no" ]; then
      echo "Need to get 1,200 kB/2,000 kB of archives."
      echo "After this operation, 250 MB of additional disk space will be used."
      exit 1
    fi
    for name in $names; do
      if [ -n "$simulate" ]; then echo "Inst $name (1.0 Debian:12 [arm64])"; else : >"$ROOT/installed/$name"; fi
    done
    ;;
  purge)
    case "$names " in *" libalpha "*) [ ! -e "$ROOT/installed/plugin" ] || names="$names plugin" ;; esac
    case "$names " in *" libalpha "*) [ ! -e "$ROOT/installed/alpha" ] || names="$names alpha" ;; esac
    for name in $names; do
      if [ -n "$simulate" ]; then echo "Purg $name [1.0]"; else rm -f "$ROOT/installed/$name"; fi
    done
    ;;
esac
`,
  );
}

const installed = (host: ScratchRoot) =>
  Object.keys(host.snapshot())
    .filter((path) => path.startsWith("/installed/") && path !== "/installed/.keep")
    .map((path) => path.slice("/installed/".length));

test("what was not there is installed, waiting for dpkg's lock, and undo removes exactly that", async (t) => {
  const at = host(t);
  at.write("/installed/beta", "");
  await at.succeed(step);
  t.deepEqual(installed(at), ["alpha", "beta", "libalpha"]);
  const install = at.calls().find((call) => / -y install/.test(call)) ?? "";
  t.regex(install, /-o DPkg::Lock::Timeout=300 /);
  t.regex(install, /--force-confold/);
  t.regex(install, / install alpha$/);
  t.deepEqual((await at.succeed(step)).changed, []);
  t.deepEqual(
    at.calls().filter((call) => call.startsWith("apt-get")),
    [],
  );
  await at.succeed(step, "undo");
  t.deepEqual(installed(at), ["beta"]);
  t.false(at.exists("/var/lib/ecs-anywhere-hybrid"));
});

test("what something else needs by now stays", async (t) => {
  const at = host(t);
  await at.succeed(step);
  at.write("/installed/plugin", "");
  await at.succeed(step, "undo");
  t.deepEqual(installed(at), ["libalpha", "plugin"]);
});

test("lists that are old or empty are renewed once", async (t) => {
  const at = host(t);
  apt(
    at,
    `
case $command in
  update) : >"$ROOT/run/lists" ;;
  install) [ -e "$ROOT/run/lists" ] || { echo "E: Unable to locate package alpha" >&2; exit 100; } ;;
esac`,
  );
  await at.succeed(step);
  t.deepEqual(installed(at), ["alpha", "beta", "libalpha"]);
});

test("a package that no source has is an error with apt's message", async (t) => {
  const at = host(t);
  const stderr = await at.refuse({ ...step, prepare: "install_packages gamma" });
  t.regex(
    stderr,
    /packages gamma: not available: must be in the host's package sources; look at what apt-get printed:\nE: Unable to locate package gamma/,
  );
});

test("when apt is locked, the program says by which process", async (t) => {
  const at = host(t);
  apt(
    at,
    `
[ -n "$simulate$assume_no" ] || {
  echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (unattended-upgr)" >&2
  echo "E: Unable to acquire the dpkg frontend lock" >&2
  exit 100
}`,
  );
  const stderr = await at.refuse(step);
  t.regex(
    stderr,
    /apt: locked by process 1234 \(unattended-upgr\): must be free within 300 s; wait for that process or end it, then run again/,
  );
});

test("the program waits for apt's lock on the lists, for which apt itself does not wait", async (t) => {
  const at = host(t);
  at.fake("sleep");
  apt(
    at,
    `
case $command in
  install) [ -e "$ROOT/run/lists" ] || { echo "E: Unable to locate package alpha" >&2; exit 100; } ;;
  update)
    echo . >>"$ROOT/run/tries"
    [ "$(wc -l <"$ROOT/run/tries")" -ge 4 ] || {
      echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 77 (apt-get)" >&2
      exit 100
    }
    : >"$ROOT/run/lists"
    ;;
esac`,
  );
  await at.succeed(step);
  t.is(at.calls().filter((call) => call === "sleep 5").length, 3);
});

test("a disk too small for the packages is found before the first is fetched", async (t) => {
  const at = host(t);
  at.fake(
    "df",
    "printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/x 100 99 100000 99%% /\\n'",
  );
  const stderr = await at.refuse(step);
  t.regex(
    stderr,
    /disk space for alpha beta: 100000 KiB free on .*\/usr: must be at least 296512 KiB; free some space/,
  );
  t.deepEqual(installed(at), []);
});

test("a disk that fills up while apt runs is a clear error", async (t) => {
  const at = host(t);
  apt(
    at,
    `[ -n "$simulate$assume_no" ] || { echo "dpkg: error: cannot copy: No space left on device" >&2; exit 100; }`,
  );
  t.regex(
    await at.refuse(step),
    /disk space: apt-get install has too little: must hold the packages; free some space/,
  );
});

test("a dpkg that was killed is completed first", async (t) => {
  const at = host(t);
  at.write("/var/lib/dpkg/updates/0001", "");
  await at.succeed(step);
  t.true(at.calls().includes("dpkg --force-confdef --force-confold --configure -a"));
});

const dpkgAtWork = (times: number) => `
case $* in
  --audit) echo "The following packages are only half configured" ;;
  *--configure*)
    echo . >>"$ROOT/run/tries"
    [ "$(wc -l <"$ROOT/run/tries")" -gt ${times} ] || {
      echo "dpkg: error: dpkg frontend lock was locked by another process with pid 4711" >&2
      echo "Note: removing the lock file is always wrong" >&2
      exit 2
    }
    ;;
esac`;

test("the program waits for another dpkg that is at work, as on a system's first boot", async (t) => {
  const at = host(t);
  at.fake("sleep");
  at.fake("dpkg", dpkgAtWork(3));
  await at.succeed(step);
  t.is(at.calls().filter((call) => call === "sleep 5").length, 3);
  t.deepEqual(installed(at), ["alpha", "beta", "libalpha"]);
});

test("another dpkg that does not end is named", async (t) => {
  const at = host(t);
  at.fake("sleep");
  at.fake("dpkg", dpkgAtWork(60));
  t.regex(
    await at.refuse(step),
    /apt: locked by process 4711: must be free within 300 s; wait for that process or end it, then run again/,
  );
});

test("a dpkg that cannot be completed is an error with its message", async (t) => {
  const at = host(t);
  at.fake(
    "dpkg",
    'case $* in --audit) echo half ;; *) echo "dpkg: error processing alpha" >&2; exit 1 ;; esac',
  );
  t.regex(
    await at.refuse(step),
    /dpkg --configure -a: exit status 1: must be 0; see what it printed:\ndpkg: error processing alpha/,
  );
});

test("packages of a step that failed stay for the next try, and go with its undo", async (t) => {
  const at = host(t);
  const stderr = await at.refuse({ ...step, apply: "false" });
  t.regex(stderr, /the previous state was restored/);
  t.deepEqual(installed(at), ["alpha", "beta", "libalpha"]);
  await at.succeed(step, "undo");
  t.deepEqual(installed(at), []);
  t.false(at.exists("/var/lib/ecs-anywhere-hybrid"));
});

test("with the site's own package source, every call of apt uses it; without one, none does", async (t) => {
  for (const told of [true, false]) {
    const at = host(t);
    apt(at, 'printf "%s\\n" "${APT_CONFIG-none}" >>"$ROOT/run/configurations"');
    if (told) at.write("/etc/ecs-anywhere-hybrid/apt/apt.conf", "");
    await at.succeed(step);
    const configurations = at.read("/run/configurations").trimEnd().split("\n");
    t.deepEqual(
      [...new Set(configurations)],
      [told ? at.path("/etc/ecs-anywhere-hybrid/apt/apt.conf") : "none"],
    );
    t.regex(
      await at.refuse({ ...step, prepare: "install_packages gamma", verify: "false" }),
      told ? /must be in what site\.packages names/ : /must be in the host's package sources/,
    );
  }
});

test("a package that two steps declare goes with the last of them, in either order", async (t) => {
  const first: Step = { name: "first", packages: [{ name: "alpha" }, { name: "beta" }], verify: ":" };
  const other: Step = {
    name: "other",
    packages: [{ name: "alpha" }],
    verify: "[ -e $ROOT/run/x ]",
    apply: ": >$ROOT/run/x",
  };
  for (const [one, two, left] of [
    [first, other, ["alpha", "libalpha"]],
    [other, first, ["alpha", "beta", "libalpha"]],
  ] as const) {
    const at = host(t);
    const before = at.snapshot();
    for (const step of [first, other]) await at.succeed(step);
    for (const step of [first, other]) t.deepEqual((await at.succeed(step)).changed, []);
    await at.succeed(one, "undo");
    t.deepEqual(installed(at), left);
    await at.succeed(two, "undo");
    t.deepEqual(at.snapshot(), before);
  }
});
