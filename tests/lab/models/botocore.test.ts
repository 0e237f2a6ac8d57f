import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { installModels } from "../../../lab/models/botocore.ts";

test("who has no pip learns what to install, and nothing half done is left", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "models-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await t.throwsAsync(installModels(join(folder, "botocore"), "no-such-python"), {
    message:
      "lab/models: botocore 1.44.8: must be installed, since its models judge the simulated AWS (spawn no-such-python ENOENT); install python3-pip, make pip's index reachable, and run this again",
  });
  t.deepEqual(await readdir(folder), []);
});
