/**
 * `npm run test:system`: the tests (`*.system.test.ts`) that need what a person's machine may not offer: root, network
 * namespaces, nftables and apt, and what the lab installs: DNS servers, strongSwan, the Pulumi engine. Arguments go to
 * ava.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { paths, project } from "../lab/world/paths.ts";
import { systemPath, withOwnMounts } from "../lab/world/run.ts";
import { ava, conclude, finished, onDisk } from "./support/run.ts";

/** The root file system with all servers, mounted for the command alone: nothing is installed on the machine. */
const mount = `
set -eu
mount -t overlay overlay -o "lowerdir=$1/upper:$2" "$1/root"
export SERVERS_ROOT="$1/root"
shift 2
exec "$@"`;

if (process.getuid?.() !== 0 || !existsSync(paths.rootfs)) {
  console.error("test:system: it runs parts of the lab, as root on Linux; run `npm run lab` once before it");
  process.exit(1);
}
const build = spawn(process.execPath, [join(project, "lab/servers.ts")], { cwd: project, stdio: "inherit" });
const servers = await finished("servers", build);
if (!servers.passed) {
  conclude([servers]);
  process.exit();
}
const tests = await ava(
  ["--config", "ava.system.config.js", ...process.argv.slice(2)],
  onDisk(),
  // Includes the person's own commands, since the engine may be one of them, as in the lab.
  { within: withOwnMounts(mount, paths.servers, paths.rootfs), path: systemPath },
);
conclude([servers, tests]);
