import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { makeChain } from "../../../lab/world/ca.ts";
import { run } from "../../../lab/world/run.ts";

/** Payload of a TCP segment on Ethernet. */
const segment = 1460;

test("the chain is valid under the root alone, names AWS's hosts, and takes more than one segment", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "lab-ca-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const dir = join(folder, "ca");
  await makeChain(dir);
  const at = (file: string) => join(dir, file);
  const chain = (await readFile(at("aws.pem"), "utf8")).split(/(?<=-----END CERTIFICATE-----\n)/);
  const [leaf, middle, ...more] = chain.map((pem) => new X509Certificate(pem));
  t.deepEqual(more, []);
  t.true((leaf?.raw.length ?? 0) + (middle?.raw.length ?? 0) > segment);
  const untrusted = ["-untrusted", at("intermediate.pem")];
  t.regex(await run(["openssl", "verify", "-CAfile", at("ca.pem"), ...untrusted, at("aws.pem")]), /: OK/);
  await t.throwsAsync(run(["openssl", "verify", "-CAfile", at("ca.pem"), at("aws.pem")]));
  for (const name of [
    "api.ecr.us-east-1.amazonaws.com",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com",
    "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com",
    "s3.us-east-1.amazonaws.com",
    "ecs-a-1.us-east-1.amazonaws.com",
  ])
    t.truthy(leaf?.checkHost(name), name);
});
