import * as fs from "node:fs";
import test, { type ExecutionContext } from "ava";
import { automationKey } from "../../../pi/steps/automation-key.ts";
import { ScratchRoot } from "../../support/scratch-root.ts";
import { isGoodShell } from "../../support/shellcheck.ts";

const args = { publicKeyOpenssh: "ssh-ed25519 AAAAautomation\n", user: "pi" };
const stepOn = ({ root }: ScratchRoot, user = "pi") => automationKey({ ...args, user, root });

function host(t: ExecutionContext): ScratchRoot {
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  host.write("/etc/os-release", "ID=debian\nVERSION_ID=12\n");
  host.write("/run/systemd/system/.keep", "");
  host.fake("getent", '[ "$2" = pi ] && echo "pi:x:1000:1000:,,,:/home/pi:/bin/bash"');
  host.fake("chown");
  fs.mkdirSync(host.path("/home/pi"), { recursive: true });
  return host;
}

test("the key is added to the existing ones, without terminal and forwarding; undo removes only this one", async (t) => {
  const at = host(t);
  at.write("/home/pi/.ssh/authorized_keys", "ssh-ed25519 AAAAperson me@laptop", 0o600);
  const before = at.snapshot();
  t.deepEqual((await at.succeed(stepOn(at))).changed, ["/home/pi/.ssh/authorized_keys"]);
  t.is(
    at.read("/home/pi/.ssh/authorized_keys"),
    `ssh-ed25519 AAAAperson me@laptop
# >>> ecs-anywhere-hybrid automation-key
restrict ssh-ed25519 AAAAautomation ecs-anywhere-hybrid
# <<< ecs-anywhere-hybrid automation-key
`,
  );
  t.is(at.mode("/home/pi/.ssh/authorized_keys"), 0o600);
  t.deepEqual((await at.succeed(stepOn(at))).changed, []);
  await at.succeed(stepOn(at), "undo");
  t.deepEqual(at.snapshot(), before);
});

test("a user without keys gets a folder and a file, with the modes that sshd requires", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  await at.succeed(stepOn(at));
  t.is(at.mode("/home/pi/.ssh"), 0o700);
  t.is(at.mode("/home/pi/.ssh/authorized_keys"), 0o600);
  // The folder and the file.
  t.deepEqual(
    at
      .calls()
      .filter((call) => call.startsWith("chown"))
      .map((call) => call.split(" ")[1]),
    ["pi:", "pi:"],
  );
  await at.succeed(stepOn(at), "undo");
  t.deepEqual(at.snapshot(), before);
});

test("a user that the host does not have is an error", async (t) => {
  const at = host(t);
  const stderr = await at.refuse(stepOn(at, "nobody-here"));
  t.is(
    stderr,
    "automation-key: user: nobody-here: must be a user of the host; make the user, or name another one\n",
  );
});

test("an unknown system is refused at the first step", async (t) => {
  const at = host(t);
  at.write("/etc/os-release", 'PRETTY_NAME="Arch Linux"\nID=arch\n');
  t.regex(await at.refuse(stepOn(at)), /^automation-key: operating system: Arch Linux: must be/);
});

test("undo keeps what others added since, and a line end that was missing", async (t) => {
  const at = host(t);
  const keys = "/home/pi/.ssh/authorized_keys";
  at.write(keys, "ssh-ed25519 AAAAperson", 0o640);
  await at.succeed(stepOn(at));
  fs.appendFileSync(at.path(keys), "ssh-rsa AAAAother\n");
  t.deepEqual((await at.succeed(stepOn(at))).changed, []);
  await at.succeed(stepOn(at), "undo");
  t.is(at.read(keys), "ssh-ed25519 AAAAperson\nssh-rsa AAAAother\n");
  t.is(at.mode(keys), 0o640);
  t.deepEqual((await at.succeed(stepOn(at), "undo")).changed, []);
});

test("a new key replaces the former one; a block that was changed is written again", async (t) => {
  const at = host(t);
  const keys = "/home/pi/.ssh/authorized_keys";
  await at.succeed(automationKey({ ...args, publicKeyOpenssh: "ssh-ed25519 AAAAformer", root: at.root }));
  t.deepEqual((await at.succeed(stepOn(at), "check")).changed, [keys]);
  await at.succeed(stepOn(at));
  const right = at.read(keys);
  t.false(right.includes("AAAAformer"));
  at.write(keys, right.replace(/^# <<<.*\n/m, ""));
  t.deepEqual((await at.succeed(stepOn(at))).changed, [keys]);
  t.is(at.read(keys), right);
  t.deepEqual((await at.succeed(stepOn(at), "check")).changed, []);
});

test("a run that is killed at any point is finished by the next, and undone", async (t) => {
  const at = host(t);
  at.write("/home/pi/.ssh/authorized_keys", "ssh-ed25519 AAAAperson me@laptop", 0o600);
  const before = at.snapshot();
  for (let n = 1; n <= (await at.runKilledAt(n, stepOn(at))); n++) {
    await at.succeed(stepOn(at));
    t.true(at.read("/home/pi/.ssh/authorized_keys").includes("AAAAautomation"));
    await at.runKilledAt(n, stepOn(at), "undo");
    await at.succeed(stepOn(at), "undo");
    t.deepEqual(at.snapshot(), before, `killed at ${n}`);
  }
});

test("every script passes shellcheck", (t) => {
  isGoodShell(t, fs.readFileSync(new URL("../../../pi/steps/automation-key.sh", import.meta.url), "utf8"));
  isGoodShell(t, automationKey(args), ["SC2016", "SC1091", "SC2034"]);
});
