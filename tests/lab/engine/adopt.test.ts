import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { adoptFromAccount } from "../../../lab/engine/adopt.ts";

const type = "aws:ec2/subnet:Subnet";
const hidden = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };

test("a resource that the account has and no state knows is found by type and inputs", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "adopt-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, "state.json");
  const resources = [
    { type, id: "subnet-1", inputs: { cidrBlock: "10.0.0.0/24", tags: { Name: "a" }, assignIpv6: false } },
    { type, id: "subnet-2", inputs: { cidrBlock: "10.0.1.0/24", tags: { Name: "b" }, policy: '{"a": 1}' } },
    { type, id: "subnet-3", inputs: { cidrBlock: "10.0.1.0/24", tags: { Name: "b" }, policy: '{"a": 1}' } },
  ];
  await writeFile(file, JSON.stringify({ resources }));
  const adopt = adoptFromAccount(file);
  const begun = (inputs: Record<string, unknown>, kind = type) => ({ urn: "urn", type: kind, inputs });
  const none = new Set<string>();

  t.is(
    await adopt(begun({ cidrBlock: "10.0.0.0/24", tags: { Name: "a" }, __defaults: [] }), none),
    "subnet-1",
  );
  t.is(await adopt(begun({ cidrBlock: "10.0.1.0/24", policy: '{"a":1}' }), none), "subnet-2");
  t.is(await adopt(begun({ cidrBlock: "10.0.1.0/24" }), new Set(["subnet-2"])), "subnet-3");
  t.is(await adopt(begun({ cidrBlock: "10.0.0.0/24", secret: hidden }), none), "subnet-1");
  t.is(await adopt(begun({ cidrBlock: "10.0.9.0/24" }), none), undefined);
  t.is(await adopt(begun({ cidrBlock: "10.0.0.0/24" }, "aws:ec2/vpc:Vpc"), none), undefined);
  t.is(await adoptFromAccount(join(folder, "none"))(begun({}), none), undefined);
});
