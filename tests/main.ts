/**
 * `npm test`: type check, lint and format check, and the tests, side by side; well only if all of them are. Arguments go to
 * ava: `npm test -- tests/config/load.test.ts`. What the tests run besides Node is installed where apt can do it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { provide } from "../lab/world/machine.ts";
import { paths, project } from "../lab/world/paths.ts";

const modules = join(project, "node_modules");

/** Command → Debian's package. */
const commands = {
  awk: "mawk",
  dash: "dash",
  "dpkg-deb": "dpkg",
  flock: "util-linux",
  gpg: "gnupg",
  ip: "iproute2",
  nft: "nftables",
  openssl: "openssl",
  pkill: "procps",
  python3: "python3",
  shellcheck: "shellcheck",
  "ssh-agent": "openssh-client",
};

interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

async function finished(name: string, child: ChildProcess): Promise<Result> {
  const start = performance.now();
  const status = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  return { name, passed: status === 0, seconds: (performance.now() - start) / 1000 };
}

/** The root file system with all servers, mounted for the command alone: nothing is installed on the machine. */
const mount = `
mount -t overlay overlay -o "lowerdir=$1/upper:$2" "$1/root"
export SERVERS_ROOT="$1/root"
shift 2
exec "$@"`;

/** The command, with the servers wherever the lab's Debian can give them; elsewhere the tests of them are left out. */
async function withServers(command: readonly string[]): Promise<readonly string[]> {
  const possible = process.platform === "linux" && process.getuid?.() === 0 && existsSync(paths.rootfs);
  if (!possible || process.env.SERVERS_ROOT !== undefined) return command;
  const build = spawn(process.execPath, [join(project, "lab/servers.ts")], {
    cwd: project,
    stdio: "inherit",
  });
  const built = await finished("servers", build);
  if (!built.passed) throw new Error("test: the servers could not be built; see above");
  // It takes time only the first time, and after a change of what they are made of.
  if (built.seconds > 2) results.push(built);
  const shell = ["sh", "-euc", mount, "sh", paths.servers, paths.rootfs];
  return ["unshare", "--mount", "--propagation", "private", ...shell, ...command];
}

/** Runs a part that is silent unless it fails; what it has to say is printed when the tests have had their say. */
function part(name: string, args: readonly string[]) {
  const child = spawn(join(modules, ".bin", args[0] ?? ""), args.slice(1), {
    cwd: project,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  return { result: finished(name, child), said };
}

await provide("test", commands, (line) => console.log(line));
const results: Result[] = [];
const scratch = mkdtempSync(join(tmpdir(), "npm-test-"));
// What is started by the tests may be of another user's.
chmodSync(scratch, 0o755);
const note = join(scratch, "left-out");
// Every Node that is started from here, also by a test, finds compiled what another one compiled.
const compiled = join(modules, ".cache", "compiled");
const env = { ...process.env, LEFT_OUT_NOTE: note, NODE_COMPILE_CACHE: compiled, TMPDIR: scratch };
const [file = "", ...args] = await withServers([join(modules, ".bin/ava"), ...process.argv.slice(2)]);
const parts = [
  part("types", ["tsc", "--pretty"]),
  part("lint and format", ["biome", "check", "--error-on-warnings", "--colors=off"]),
];
results.push(await finished("tests", spawn(file, args, { cwd: project, stdio: "inherit", env })));
for (const part of parts) {
  const result = await part.result;
  if (!result.passed) console.log(`\n${result.name}:\n${(await part.said).join("")}`);
  results.push(result);
}
for (const { name, passed, seconds } of results)
  console.log(`${passed ? "✔" : "✘"} ${name} (${seconds.toFixed(0)} s)`);
if (existsSync(note))
  console.log(`left out: ${readFileSync(note, "utf8").trim().split("\n").sort().join(", ")}`);
rmSync(scratch, { recursive: true });
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
