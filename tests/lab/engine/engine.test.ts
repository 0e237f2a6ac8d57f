/** The engine's sources, with the test's own CLI, download site and Go. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest, { type ExecutionContext, type TestFn } from "ava";

const test = anyTest as TestFn<{ folder: string }>;

const top = await mkdtemp(join(tmpdir(), "engine-"));
const bin = join(top, "bin");
// Set before the module reads it, so that the machine's own commands are not found.
process.env.PATH = `${bin}:/usr/bin:/bin`;
const { findEngine, obtainEngine } = await import("../../../lab/engine/engine.ts");

const { fetch } = globalThis;

test.serial.beforeEach(async (t) => {
  await rm(bin, { recursive: true, force: true });
  await mkdir(bin);
  t.context = { folder: await mkdtemp(join(top, "kept-")) };
  globalThis.fetch = () => Promise.reject(new Error("no network"));
});
test.after.always(() => {
  globalThis.fetch = fetch;
  return rm(top, { recursive: true });
});

const cli = (version: string) => `#!/bin/sh\necho v${version}\n`;
const onPath = (name: string, text: string) => writeFile(join(bin, name), text, { mode: 0o755 });
const found = async (t: ExecutionContext<{ folder: string }>) => {
  const engine = await findEngine(t.context.folder);
  return engine && { version: engine.version, source: engine.source };
};

/** A Go that builds a CLI of this version. */
const go = (version: string, goVersion: string) => `#!/bin/sh
[ "$1" = version ] && { echo "go version go${goVersion} linux/amd64"; exit; }
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho v${version}\\n' >"$2/pulumi" && chmod +x "$2/pulumi"
`;

/** The download site's own installer, as far as the Automation API uses it. */
const installer = (version: string) => `
while [ "$1" != --install-root ]; do shift; done
mkdir -p "$2/bin" && printf '#!/bin/sh\\necho v${version}\\n' >"$2/bin/pulumi" && chmod +x "$2/bin/pulumi"
`;

test.serial(
  "the CLI on PATH is used if it is new enough for error hooks, which the program needs",
  async (t) => {
    await onPath("pulumi", cli("3.216.0"));
    t.is(await found(t), undefined);
    await onPath("pulumi", cli("3.217.0"));
    t.deepEqual(await found(t), { version: "3.217.0", source: "PATH" });
  },
);

test.serial("a CLI on PATH that is too old: the official download, kept for the next time", async (t) => {
  await onPath("pulumi", cli("3.216.0"));
  await onPath("go", go("3.1.0", "1.26.0"));
  globalThis.fetch = async () => new Response(installer("3.259.0"));
  const engine = await obtainEngine(t.context.folder, () => undefined);
  t.like(engine, { version: "3.259.0", source: "downloaded" });
  t.deepEqual(await found(t), { version: "3.259.0", source: "kept from an earlier run" });
});

test.serial(
  "nothing to download: the engine is built from its Go module, and one on PATH is not",
  async (t) => {
    await onPath("go", go("3.259.0", "1.26.0"));
    const engine = await obtainEngine(t.context.folder, () => undefined);
    t.like(engine, { version: "3.259.0", source: "built from its Go module" });
    await onPath("pulumi", cli("3.300.0"));
    t.deepEqual(await found(t), { version: "3.300.0", source: "PATH" });
  },
);

test.serial("neither, and a Go that is too old: the error says what to install", async (t) => {
  await onPath("go", go("3.259.0", "1.25.9"));
  await t.throwsAsync(
    obtainEngine(t.context.folder, () => undefined),
    {
      message:
        /go1\.25\.9 linux\/amd64 is too old to build pulumi; install Go 1\.26 or newer .*, or pulumi itself/,
    },
  );
});
