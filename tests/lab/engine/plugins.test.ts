import { lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { obtainPlugins } from "../../../lab/engine/plugins.ts";
import { run } from "../../../lab/world/run.ts";

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "plugins-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

/** A CLI whose `plugin install` runs the script; `$PULUMI_HOME/plugins` is the folder for plugins. */
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

/** Without a network, and with no plugins of the person's unless said otherwise. */
const offline = (home: string, personal = "/nowhere") => ({
  ...{ pulumi: "/nowhere", home, personal },
  isOnline: async () => false,
  progress: () => undefined,
});

/** A plugin in a person's Pulumi folder, as the CLI puts it there. */
async function install(personal: string, name: (typeof names)[number]): Promise<string> {
  const path = binary(personal, name);
  await mkdir(join(dirname(path), "licences"), { recursive: true });
  await writeFile(path, "#!/bin/sh\necho real\n", { mode: 0o755 });
  await writeFile(join(dirname(path), "licences/LICENSE"), "Apache-2.0");
  return path;
}

test("without a network the stand-ins are put where the engine looks, once", async (t) => {
  const home = await folder(t);
  const options = offline(home);
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

test("with a network the real plugins replace the stand-ins; where one is not available, its stand-in stays", async (t) => {
  const home = await folder(t);
  const lines: string[] = [];
  const options = {
    ...offline(home),
    isOnline: async () => true,
    progress: (line: string) => lines.push(line),
  };
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
  // The CLI is not called again for an existing plugin.
  t.is((await obtainPlugins({ ...options, pulumi: broken })).command, "real plugin");
});

test("a person's own plugin is copied as a folder of plain files, since the engine follows no link; it stays when theirs goes", async (t) => {
  const [home, personal] = [await folder(t), await folder(t)];
  const own = await install(personal, "command");
  const before = await readFile(own, "utf8");
  t.deepEqual(await obtainPlugins(offline(home, personal)), { command: "real plugin", tls: "stand-in" });
  const place = dirname(binary(home, "command"));
  t.true((await lstat(place)).isDirectory());
  t.true((await lstat(binary(home, "command"))).isFile());
  t.is(await readFile(join(place, "licences/LICENSE"), "utf8"), "Apache-2.0");
  t.is(await run([binary(home, "command")]), "real\n");
  t.is(await readFile(own, "utf8"), before);

  await rm(dirname(own), { recursive: true });
  t.deepEqual(await obtainPlugins(offline(home, personal)), { command: "real plugin", tls: "stand-in" });
  t.is(await run([binary(home, "command")]), "real\n");
});

test("a plugin whose file is a link is copied", async (t) => {
  const [home, personal, store] = [await folder(t), await folder(t), await folder(t)];
  const elsewhere = join(store, "plugin");
  await writeFile(elsewhere, "#!/bin/sh\necho real\n", { mode: 0o755 });
  await mkdir(dirname(binary(personal, "tls")), { recursive: true });
  await symlink(elsewhere, binary(personal, "tls"));
  t.is((await obtainPlugins(offline(home, personal))).tls, "real plugin");
  t.true((await lstat(binary(home, "tls"))).isFile());
  t.is(await run([binary(home, "tls")]), "real\n");
});

test("a link that an earlier lab left is replaced; a plugin whose download is not complete is not used", async (t) => {
  const [home, personal] = [await folder(t), await folder(t)];
  const own = dirname(await install(personal, "command"));
  await mkdir(join(home, "plugins"));
  await symlink(own, dirname(binary(home, "command")));
  await writeFile(`${dirname(await install(personal, "tls"))}.partial`, "");
  t.deepEqual(await obtainPlugins(offline(home, personal)), { command: "real plugin", tls: "stand-in" });
  t.true((await lstat(dirname(binary(home, "command")))).isDirectory());
});
