/** Why one build of the packages serves arm64 and amd64; the lab builds the image only for its own processor. */
import { readFileSync } from "node:fs";
import test from "ava";

const app = new URL("../../apps/hit-counter/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, app), "utf8");

interface Package {
  readonly cpu?: string[];
  readonly os?: string[];
  readonly libc?: string[];
  readonly hasInstallScript?: boolean;
}

test("no package of the image is specific to a processor, or built on one", (t) => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Package> };
  t.true(Object.keys(packages).length > 1);
  for (const [path, { cpu, os, libc, hasInstallScript }] of Object.entries(packages))
    t.deepEqual(
      { path, bound: [cpu, os, libc, hasInstallScript] },
      { path, bound: Array(4).fill(undefined) },
    );
});

test("the image starts what `npm start` does", (t) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: { start: string } };
  const [, command = "[]"] = /^CMD (.*)$/m.exec(read("Dockerfile")) ?? [];
  t.is(scripts.start, (JSON.parse(command) as string[]).join(" "));
});
