import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { allChecks, checksIn, folders, standardChecks } from "../../../lab/checks/find.ts";
import { check } from "../../../lab/commands/check.ts";
import { kernelChecks } from "../../../lab/kernel-vpn/check.ts";
import { project } from "../../../lab/world/paths.ts";

const names = (rounds: readonly (readonly { name: string }[])[]) => rounds.flat().map(({ name }) => name);

for (const folder of folders)
  test(`every file in lab/checks/${folder} is a check with that name`, async (t) => {
    const files = readdirSync(join(project, "lab/checks", folder));
    t.deepEqual(
      names(await checksIn(folder))
        .map((name) => `${name}.ts`)
        .toSorted(),
      files.toSorted(),
    );
  });

test("a name belongs to one check", async (t) => {
  const all = (await allChecks()).map(({ name }) => name);
  t.is(new Set(all).size, all.length);
});

test("with the internet the checks of every lab run; without it also those that need it to be absent, afterwards", async (t) => {
  const everywhere = await checksIn("everywhere");
  t.deepEqual(names((await standardChecks("fallback")).map((round) => [round].flat())), names(everywhere));
  t.deepEqual(
    names((await standardChecks("never")).map((round) => [round].flat())),
    names([...everywhere, ...(await checksIn("without-internet"))]),
  );
});

test("an unknown name is refused with the known ones", async (t) => {
  await t.throwsAsync(check(["tunnels", "nope"]), {
    message: /^check: nope: must name a check; choose one of tunnels, both-ways, .*destroy/,
  });
});

test("the kernel data path's checks run in the order of a guest's life", async (t) => {
  t.deepEqual(names(await kernelChecks()), [
    "in-force",
    "unchanged",
    "both-ways",
    "largest-packet",
    "full-segments",
    "clamp",
    "asymmetric",
    "rekey",
    "failover",
    "both-down",
  ]);
});
