import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { labAccessKey } from "../../../lab/aws/api/call.ts";
import { issue } from "../../../lab/aws/control/managed-instances.ts";
import { allow, trust } from "./account.ts";
import { byEndpoint, https, local, test, type World } from "./world.ts";

const registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const digest = (bytes: string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const layer = digest("layer");

/** Writes a layout with one blob. */
async function push({ folder }: World): Promise<void> {
  const layout = join(folder, "registry", registry, "page");
  await mkdir(join(layout, "blobs", "sha256"), { recursive: true });
  await writeFile(join(layout, "blobs", layer.replace(":", "/")), "layer");
  await writeFile(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [] }));
}

const basic = (token: string) => ({ authorization: `Basic ${token}` });

async function tokenOf(world: World, accessKey: string): Promise<string> {
  const answer = await https(
    world,
    "api.ecr.us-east-1.amazonaws.com",
    "/",
    {
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/20261121/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0`,
    },
    "{}",
  );
  const { authorizationData = [{}] } = JSON.parse(answer.body);
  return authorizationData[0].authorizationToken ?? answer.body;
}

test("a private registry requires ECR's token, from a caller that may pull", async (t) => {
  await push(t.context);
  const blob = `/v2/page/blobs/${layer}`;
  const refused = await https(t.context, registry, "/v2/");
  t.is(refused.status, 401);
  t.is(refused.headers["www-authenticate"], `Basic realm="https://${registry}/",service="ecr.amazonaws.com"`);
  t.is((await https(t.context, registry, blob, basic("QVdTOm5vYm9keQ=="))).status, 401);
  const { account } = t.context;
  const actions = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"];
  const roles = [
    ["all", allow(actions, "*")],
    ["other", allow(["ecr:GetAuthorizationToken"], "*")],
  ] as const;
  const got: number[] = [];
  for (const [name, policy] of roles) {
    account.make("role", { name, assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
    account.make("rolePolicy", { name, role: name, policy });
    const token = await tokenOf(t.context, issue(account.aws, name, "task").accessKeyId);
    t.is((await https(t.context, registry, "/v2/", basic(token))).status, 200);
    got.push((await https(t.context, registry, blob, basic(token))).status);
  }
  t.deepEqual(got, [307, 401]);
});

test("a private layer is in S3, for clients with a signed address", async (t) => {
  await push(t.context);
  const token = await tokenOf(t.context, labAccessKey.accessKeyId);
  const { headers } = await https(t.context, registry, `/v2/page/blobs/${layer}`, basic(token));
  const to = new URL(headers.location ?? "");
  t.is(to.host, "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com");
  t.like(await https(t.context, to.host, to.pathname + to.search), { status: 200, body: "layer" });
  t.is((await https(t.context, to.host, to.pathname)).status, 403);
  t.is((await https(t.context, to.host, `/x/${layer}${to.search}`)).status, 403);
  t.is((await https(t.context, registry, `/v2/page/blobs/${digest("none")}`, basic(token))).status, 404);
});

test("the door of each call is known", async (t) => {
  const host = "s3.us-east-1.amazonaws.com";
  await https(t.context, host, "/", { "x-lab-endpoint": "vpce-forged" });
  for (let i = 0; i < 2; i++) await byEndpoint(t.context, "vpce-1", "192.168.1.101", host, "/");
  const { passages } = JSON.parse((await local(t.context, "/lab/passages")).body);
  t.like(passages, [
    { door: "internet", host, from: "127.0.0.1", calls: 1 },
    { door: "vpce-1", host, from: "192.168.1.101", calls: 2 },
  ]);
});
