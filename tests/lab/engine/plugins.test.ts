import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { obtainPlugins } from "../../../lab/engine/plugins.ts";
import { run } from "../../../lab/world/run.ts";

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "plugins-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

/** A CLI whose `plugin install` does as the script says; `$PULUMI_HOME/plugins` is where plugins go. */
async function cli(home: string, script: string): Promise<string> {
  const path = join(home, "pulumi");
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const names = ["command", "tls"] as const;
const binary = (home: string, name: (typeof names)[number]) =>
  join(
    home,
    "plugins",
    `resource-${name}-v${{ command: "1.2.1", tls: "5.6.1" }[name]}`,
    `pulumi-resource-${name}`,
  );

test("without a network the stand-ins are put where the engine looks, once", async (t) => {
  const home = await folder(t);
  const options = { pulumi: "/nowhere", home, isOnline: async () => false, progress: () => undefined };
  t.deepEqual(await obtainPlugins(options), { command: "stand-in", tls: "stand-in" });
  const made = await Promise.all(names.map((name) => stat(binary(home, name))));
  t.true(made.every(({ mode }) => (mode & 0o111) !== 0));
  t.deepEqual(await obtainPlugins(options), { command: "stand-in", tls: "stand-in" });
  const again = await Promise.all(names.map((name) => stat(binary(home, name))));
  t.deepEqual(
    again.map(({ ino }) => ino),
    made.map(({ ino }) => ino),
  );
});

test("with a network the real plugins take the stand-ins' places; those that cannot be had stay", async (t) => {
  const home = await folder(t);
  const lines: string[] = [];
  const options = { home, isOnline: async () => true, progress: (line: string) => lines.push(line) };
  const broken = await cli(home, "exit 1");
  t.deepEqual(await obtainPlugins({ ...options, pulumi: broken }), { command: "stand-in", tls: "stand-in" });
  const half = await cli(
    home,
    `[ "$4" = command ] || exit 1
d="$PULUMI_HOME/plugins/resource-$4-v$5"; mkdir -p "$d"; cp /bin/true "$d/pulumi-resource-$4"`,
  );
  t.deepEqual(await obtainPlugins({ ...options, pulumi: half }), { command: "real plugin", tls: "stand-in" });
  t.is(await run([binary(home, "command")]), "");
  t.deepEqual(lines.slice(-2), ["provider command: real plugin", "provider tls: stand-in"]);
  // Nobody is asked again for what is there.
  t.is((await obtainPlugins({ ...options, pulumi: broken })).command, "real plugin");
});
