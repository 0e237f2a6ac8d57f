import * as fs from "node:fs";
import test, { type ExecutionContext } from "ava";
import { automationKey } from "../../../pi/steps/automation-key.ts";
import { ScratchRoot } from "../../support/scratch-root.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";

const step = automationKey({ publicKeyOpenssh: "ssh-ed25519 AAAAautomation\n", user: "pi" });

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

test("the key stands beside those that are there, without terminal and forwarding; undo takes only it away", async (t) => {
  const at = host(t);
  at.write("/home/pi/.ssh/authorized_keys", "ssh-ed25519 AAAAperson me@laptop", 0o600);
  const before = at.snapshot();
  t.deepEqual((await at.succeed(step)).changed, ["/home/pi/.ssh/authorized_keys"]);
  t.is(
    at.read("/home/pi/.ssh/authorized_keys"),
    `ssh-ed25519 AAAAperson me@laptop
# >>> ecs-anywhere-hybrid automation-key
restrict ssh-ed25519 AAAAautomation ecs-anywhere-hybrid
# <<< ecs-anywhere-hybrid automation-key
`,
  );
  t.is(at.mode("/home/pi/.ssh/authorized_keys"), 0o600);
  // The file as it is staged for \`validate\` and for its place, and the folder.
  t.deepEqual((await at.succeed(step)).changed, []);
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);
});

test("a user without keys gets a folder and a file of their own, as sshd wants them", async (t) => {
  const at = host(t);
  const before = at.snapshot();
  await at.succeed(step);
  t.is(at.mode("/home/pi/.ssh"), 0o700);
  t.is(at.mode("/home/pi/.ssh/authorized_keys"), 0o600);
  // The file as it is staged for \`validate\` and for its place, and the folder.
  t.deepEqual(
    at
      .calls()
      .filter((call) => call.startsWith("chown"))
      .map((call) => call.split(" ")[1]),
    ["pi:", "pi:", "pi:"],
  );
  await at.succeed(step, "undo");
  t.deepEqual(at.snapshot(), before);
});

test("a user that the host does not have is an error", async (t) => {
  const at = host(t);
  const stderr = await at.refuse(automationKey({ publicKeyOpenssh: "ssh-ed25519 A", user: "nobody-here" }));
  t.is(
    stderr,
    "automation-key: user: nobody-here: must be a user of the host; make the user, or name another one\n",
  );
});

test("an unknown system is refused at the first step", async (t) => {
  const at = host(t);
  at.write("/etc/os-release", 'PRETTY_NAME="Arch Linux"\nID=arch\n');
  t.regex(await at.refuse(step), /^automation-key: operating system: Arch Linux: must be/);
});

test("every script passes shellcheck", (t) => hasGoodScripts(t, step));
