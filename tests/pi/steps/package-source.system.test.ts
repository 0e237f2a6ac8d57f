/**
 * The step before the real apt and dpkg of this machine, in a copy of its system, with a flat repository that holds one
 * small package. It runs as root on Debian and its kin.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Step } from "../../../pi/step.ts";
import { bundleFolder, packageSource } from "../../../pi/steps/package-source.ts";
import { need } from "../../support/needs.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";
import { Machine } from "./package-source/machine.ts";

const missing = [
  ...(process.getuid?.() === 0 ? [] : ["root's rights"]),
  ...["/usr/bin/apt-get", "/usr/bin/dpkg-deb"].filter((path) => !existsSync(path)),
];
need(missing, "run the tests as root on Debian");

/** A folder with a package `toy`, which needs `toy-base`, and their index, as docs/private-connectivity.md says. */
function repository(t: ExecutionContext, version = "1"): string {
  const folder = mkdtempSync(join(tmpdir(), "repository-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const packages = join(folder, "packages");
  for (const [name, depends] of [
    ["toy", "toy-base"],
    ["toy-base", ""],
  ] as const) {
    const control = [
      `Package: ${name}`,
      `Version: ${version}`,
      "Architecture: all",
      "Maintainer: test <test@invalid>",
      ...(depends ? [`Depends: ${depends}`] : []),
      "Description: of use in a test only",
    ];
    const tree = join(folder, name);
    mkdirSync(join(tree, "DEBIAN"), { recursive: true });
    mkdirSync(join(tree, "opt"), { recursive: true });
    mkdirSync(packages, { recursive: true });
    writeFileSync(join(tree, "DEBIAN/control"), `${control.join("\n")}\n`);
    writeFileSync(join(tree, "opt", name), `${version}\n`);
    execFileSync("dpkg-deb", [
      "--root-owner-group",
      "--build",
      tree,
      join(packages, `${name}_${version}_all.deb`),
    ]);
  }
  // Like `dpkg-scanpackages --multiversion .`, which not every machine has.
  const index = readdirSync(packages).map((name) => {
    const deb = readFileSync(join(packages, name));
    const control = execFileSync("dpkg-deb", ["--field", join(packages, name)], { encoding: "utf8" });
    const sha256 = createHash("sha256").update(deb).digest("hex");
    return `${control.trimEnd()}\nFilename: ./${name}\nSize: ${deb.length}\nSHA256: ${sha256}\n`;
  });
  writeFileSync(join(packages, "Packages"), index.join("\n"));
  return packages;
}

/** The folder as a .tar, with its SHA-256. */
function bundle(packages: string): { readonly file: string; readonly sha256: string } {
  const file = `${packages}.tar`;
  execFileSync("tar", ["-cf", file, "."], { cwd: packages });
  return { file, sha256: createHash("sha256").update(readFileSync(file)).digest("hex") };
}

/** Serves a folder on 127.0.0.1 and notes what was asked for. */
async function mirror(t: ExecutionContext, folder: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = join(folder, request.url ?? "");
    asked.push(request.url ?? "");
    if (existsSync(path)) response.end(readFileSync(path));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { asked, source: `deb [trusted=yes] http://127.0.0.1:${port}/ ./`, port };
}

const carried = "/var/tmp/ecs-anywhere-hybrid-packages.tar";
const toy: Step = {
  name: "toy",
  prepare: "install_packages toy",
  verify: '[ "$(cat /opt/toy)" = 1 ] && [ -e /opt/toy-base ]',
  settleSeconds: 0,
  undo: "remove_packages",
};

/** The configuration of the host's own apt. */
const ownApt = "find /etc/apt /var/lib/apt/lists -type f ! -name lock -printf '%p %s %T@\\n' | sort";

test("mirror: our apt takes packages from it alone, and the host's own apt stays as it is", async (t) => {
  const machine = new Machine(t);
  const { asked, source } = await mirror(t, repository(t));
  const before = await machine.sh(ownApt);
  const step = packageSource({ from: "mirror", sources: [source] });
  const { facts } = await machine.succeed(step);
  t.deepEqual(facts, { from: "mirror", sources: "1" });
  t.deepEqual((await machine.succeed(step)).changed, []);

  await machine.succeed(toy);
  t.true(asked.includes("/./toy_1_all.deb"), asked.join(" "));
  // What apt knows in a step: the mirror's packages only.
  const look: Step = {
    name: "look",
    verify: `fact policy "$(apt-cache policy | grep -v -e '^ *release' -e '^ *origin')"`,
  };
  const policy = (await machine.succeed(look)).facts.policy ?? "";
  t.deepEqual(
    policy.match(/^ +\d+ \S+/gm)?.map((line) => line.trim().replace(/^\d+ /, "").replace(/\d+/g, "N")),
    ["/var/lib/dpkg/status", "http://N.N.N.N:N"],
  );
  t.is(await machine.sh(ownApt), before);

  t.regex(
    await machine.refuse({
      ...toy,
      name: "other",
      prepare: "install_packages nowhere-to-be-had",
      verify: "false",
    }),
    /packages nowhere-to-be-had: not available: must be in what site\.packages names; look at what apt-get printed/,
  );
  await machine.succeed(toy, "undo");
  await machine.succeed(step, "undo");
  t.is(await machine.sh(ownApt), before);
  t.is(
    (await machine.sh("ls -d /etc/ecs-anywhere-hybrid /var/lib/ecs-anywhere-hybrid 2>/dev/null || :")).trim(),
    "",
  );
});

test("a mirror that cannot be reached, and a server that is not a mirror, are named", async (t) => {
  const machine = new Machine(t);
  const { port } = await mirror(t, repository(t));
  const away = packageSource({ from: "mirror", sources: ["deb [trusted=yes] http://127.0.0.1:1/ ./"] });
  t.regex(
    await machine.refuse(away),
    /site\.packages: deb \[trusted=yes\] http:\/\/127\.0\.0\.1:1\/ \.\/: must be a package source in this host's reach; check the address, .*printed:\nFailed to fetch http:\/\/127/s,
  );
  const none = packageSource({
    from: "mirror",
    sources: [`deb http://127.0.0.1:${port}/empty bookworm main`],
  });
  t.regex(await machine.refuse(none), /does not have a Release file/);
  t.is(
    (await machine.sh("ls -d /etc/ecs-anywhere-hybrid /var/lib/ecs-anywhere-hybrid 2>/dev/null || :")).trim(),
    "",
  );
});

test("bundle: the upload is unpacked, and its packages are installed without any network", async (t) => {
  const machine = new Machine(t);
  const packages = repository(t);
  writeFileSync(join(packages, "ecs-anywhere-install.sh"), "#!/bin/bash\n");
  const { file, sha256 } = bundle(packages);
  await machine.put(carried, file);
  const step = packageSource({ from: "bundle", path: carried, sha256 });
  t.deepEqual((await machine.succeed(step)).facts, { from: "bundle", sources: "1" });
  await machine.succeed(toy);
  t.is(
    await machine.sh(`ls ${carried} 2>/dev/null || cat ${bundleFolder}/ecs-anywhere-install.sh`),
    "#!/bin/bash\n",
  );
  t.deepEqual((await machine.succeed(step)).changed, [], "the .tar is needed once");

  // As the host runs it again for a raised `site.converge`: a bundle that was damaged by hand is repaired.
  await machine.sh(`rm ${bundleFolder}/Packages`);
  t.regex(
    await machine.refuse(step),
    /site\.packages\.file: .* on the host: must be there, .*; raise site\.converge by one/,
  );
  await machine.put(carried, file);
  t.deepEqual((await machine.succeed(step)).changed, ["apply"]);

  // Another bundle replaces it completely.
  const next = bundle(repository(t, "2"));
  await machine.put(carried, next.file);
  await machine.succeed(packageSource({ from: "bundle", path: carried, sha256: next.sha256 }));
  t.is(await machine.sh(`cd ${bundleFolder} && ls`), "Packages\ntoy-base_2_all.deb\ntoy_2_all.deb\n");

  // A mirror instead: the bundle goes.
  const { source } = await mirror(t, repository(t));
  const instead = packageSource({ from: "mirror", sources: [source] });
  await machine.succeed(instead);
  t.is((await machine.sh(`ls -d ${bundleFolder} 2>/dev/null || :`)).trim(), "");
  await machine.succeed(toy, "undo");
  await machine.succeed(instead, "undo");
  t.is(
    (await machine.sh("ls -d /etc/ecs-anywhere-hybrid /var/lib/ecs-anywhere-hybrid 2>/dev/null || :")).trim(),
    "",
  );
});

test("an unusable bundle is refused before it replaces anything", async (t) => {
  const machine = new Machine(t);
  const good = bundle(repository(t));
  await machine.put(carried, good.file);
  const step = packageSource({ from: "bundle", path: carried, sha256: good.sha256 });
  await machine.succeed(step);
  const before = await machine.sh(`cd ${bundleFolder} && cksum *`);

  const changed = repository(t);
  rmSync(join(changed, "toy-base_1_all.deb"));
  const lacking = bundle(changed);
  rmSync(join(changed, "Packages"));
  const unindexed = (() => {
    const copy = join(changed, "../unindexed");
    execFileSync("cp", ["-r", changed, copy]);
    return bundle(copy);
  })();
  const cases = [
    [
      good.file,
      "0".repeat(64),
      /site\.packages\.file: [0-9a-f]{64}: must have the SHA-256 0{64}, which it has on the machine/,
    ],
    [
      unindexed.file,
      unindexed.sha256,
      /no file Packages in it: must hold packages and, .*; .*run: dpkg-scanpackages --multiversion \. >Packages && tar/,
    ],
    [
      lacking.file,
      lacking.sha256,
      /without \.\/toy-base_1_all\.deb: must hold every file that its Packages names; run dpkg-scanpackages again/,
    ],
  ] as const;
  for (const [file, sha256, message] of cases) {
    await machine.put(carried, file);
    t.regex(await machine.refuse(packageSource({ from: "bundle", path: carried, sha256 })), message);
    t.is(await machine.sh(`cd ${bundleFolder} && cksum *`), before);
  }
  t.deepEqual((await machine.succeed(step)).changed, [], "the one before is still in force");
});

test("sources that are not lines of sources.list are refused", (t) => {
  for (const source of ["http://192.168.1.1/", "deb http://a/ ./\ndeb http://b/ ./"])
    t.throws(() => packageSource({ from: "mirror", sources: [source] }), {
      message: /^site\.packages\.sources: ".*": must be one line/s,
    });
});

test("every script passes shellcheck and dash", (t) => {
  hasGoodScripts(
    t,
    packageSource({ from: "mirror", sources: ["deb http://192.168.1.5/debian bookworm main"] }),
  );
  hasGoodScripts(t, packageSource({ from: "bundle", path: carried, sha256: "0".repeat(64) }));
});
