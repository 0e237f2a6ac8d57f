/**
 * `npm test`: type check, lint and format check, and the tests, side by side; well only if all of them are. Arguments go to
 * ava: `npm test -- tests/config/load.test.ts`. What the tests run besides Node is installed where apt can do it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { provide } from "../lab/world/machine.ts";

const project = join(import.meta.dirname, "..");
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

/** Runs a part that is silent unless it fails; what it has to say is printed when the tests have had their say. */
function part(name: string, args: readonly string[]) {
  const child = spawn(join(modules, ".bin", args[0] ?? ""), args.slice(1), {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  return { result: finished(name, child), said };
}

await provide("test", commands, (line) => console.log(line));
const cache = join(modules, ".cache");
mkdirSync(cache, { recursive: true });
// Where nothing changed, tsc remembers what it found.
const parts = [
  part("types", ["tsc", "--pretty", "--incremental", "--tsBuildInfoFile", join(cache, "tsc.json")]),
  part("lint and format", ["biome", "check", "--error-on-warnings", "--colors=off"]),
];
const ava = spawn(join(modules, ".bin/ava"), process.argv.slice(2), { cwd: project, stdio: "inherit" });
const tests = await finished("tests", ava);
const results = [tests];
for (const part of parts) {
  const result = await part.result;
  if (!result.passed) console.log(`\n${result.name}:\n${(await part.said).join("")}`);
  results.push(result);
}
for (const { name, passed, seconds } of results)
  console.log(`${passed ? "✔" : "✘"} ${name} (${seconds.toFixed(0)} s)`);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
