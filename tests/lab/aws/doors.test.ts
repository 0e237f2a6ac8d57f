import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request as plainRequest } from "node:http";
import { join } from "node:path";
import { labAccessKey } from "../../../lab/aws/api/call.ts";
import { Daemon } from "../../../lab/aws/daemon.ts";
import { Account } from "./account.ts";
import { byEndpoint, https, local, over, test } from "./world.ts";

test("objects in S3's buckets are found by host", async (t) => {
  const bucket = "amazon-ecs-agent.s3.amazonaws.com";
  t.like(await https(t.context, bucket, "/install.sh"), { status: 200, body: "#!/bin/sh\n" });
  const missing = await https(t.context, bucket, "/other.sh");
  t.is(missing.status, 404);
  t.regex(missing.body, /<Code>NoSuchKey<\/Code>/);
  t.is((await https(t.context, "s3.us-east-1.amazonaws.com", "/install.sh")).status, 404);
});

test("an ECS agent that asks through an endpoint gets hosts with private names", async (t) => {
  const host = "ecs.us-east-1.amazonaws.com";
  const headers = {
    "x-amz-target": "AmazonEC2ContainerServiceV20141113.DiscoverPollEndpoint",
    authorization: `AWS4-HMAC-SHA256 Credential=${labAccessKey.accessKeyId}/20261121/us-east-1/ecs/aws4_request`,
  };
  const hostsIn = ({ body }: { body: string }) => {
    const { endpoint, telemetryEndpoint } = JSON.parse(body);
    return [endpoint, telemetryEndpoint];
  };
  t.deepEqual(hostsIn(await byEndpoint(t.context, "vpce-1", "192.168.1.101", host, "/", headers)), [
    "https://ecs-a.us-east-1.amazonaws.com/",
    "https://ecs-t.us-east-1.amazonaws.com/",
  ]);
  t.deepEqual(hostsIn(await https(t.context, host, "/", { ...headers, "x-lab-endpoint": "vpce-forged" })), [
    "https://ecs-a-1.us-east-1.amazonaws.com/",
    "https://ecs-t-1.us-east-1.amazonaws.com/",
  ]);
});

const digest = (bytes: string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

test("a registry's images are found by tag and by digest", async (t) => {
  const layout = join(t.context.folder, "registry", "docker", "library", "redis");
  await mkdir(join(layout, "blobs", "sha256"), { recursive: true });
  const blob = async (bytes: string) => {
    await writeFile(join(layout, "blobs", digest(bytes).replace(":", "/")), bytes);
    return digest(bytes);
  };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const layer = await blob("layer");
  const manifest = await blob(JSON.stringify({ schemaVersion: 2, mediaType, layers: [{ digest: layer }] }));
  const index = {
    schemaVersion: 2,
    manifests: [
      { mediaType, digest: manifest, size: 1, annotations: { "org.opencontainers.image.ref.name": "7" } },
    ],
  };
  await writeFile(join(layout, "index.json"), JSON.stringify(index));
  const get = (path: string) => https(t.context, "public.ecr.aws", `/v2/${path}`);
  t.is((await get("")).headers["docker-distribution-api-version"], "registry/2.0");
  const byTag = await get("docker/library/redis/manifests/7");
  t.like(byTag, {
    status: 200,
    body: JSON.stringify({ schemaVersion: 2, mediaType, layers: [{ digest: layer }] }),
  });
  t.is(byTag.headers["docker-content-digest"], manifest);
  t.is(byTag.headers["content-type"], mediaType);
  t.is((await get(`docker/library/redis/manifests/${manifest}`)).status, 200);
  t.like(await get(`docker/library/redis/blobs/${layer}`), { status: 200, body: "layer" });
  t.deepEqual(JSON.parse((await get("docker/library/redis/tags/list")).body).tags, ["7"]);
  const refused = async (path: string) => JSON.parse((await get(path)).body).errors[0].code;
  t.is(await refused("docker/library/redis/manifests/8"), "MANIFEST_UNKNOWN");
  t.is(await refused("docker/library/nginx/manifests/1"), "NAME_UNKNOWN");
  t.is(await refused("docker/library/redis/blobs/sha256:..%2f..%2findex.json"), "BLOB_UNKNOWN");
  t.is((await get("../../etc/passwd")).status, 404);
});

test("the package mirror stays in its folder", async (t) => {
  await writeFile(join(t.context.folder, "mirror", "Packages"), "Package: docker.io\n");
  const get = (path: string) => over(plainRequest, { port: t.context.httpPort, path }, undefined);
  t.like(await get("/Packages"), { status: 200, body: "Package: docker.io\n" });
  t.is((await get("/../state.json")).status, 404);
  t.is((await get("/%2e%2e/state.json")).status, 404);
});

test("a provider's calls create, refuse and drive the network", async (t) => {
  const create = (type: string, inputs: object) => local(t.context, "/provider/create", { type, inputs });
  const vpc = await create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
  const { id, outputs } = JSON.parse(vpc.body);
  t.like(outputs, { cidrBlock: "10.0.0.0/16", enableDnsSupport: true, region: "us-east-1", tagsAll: {} });
  t.deepEqual(t.context.wanted.at(-1)?.vpcs, [{ id, cidr: "10.0.0.0/16", secondaryCidrs: [] }]);
  // Saved to disk before the answer.
  t.true((await readFile(join(t.context.folder, "state.json"), "utf8")).includes(id));
  const refused = await create("aws:ec2/subnet:Subnet", { vpcId: id, cidrBlock: "10.1.0.0/24" });
  t.is(refused.status, 400);
  t.like(JSON.parse(refused.body), { code: "InvalidSubnet.Range" });
  t.deepEqual(JSON.parse((await local(t.context, "/lab/resources")).body), [`aws:ec2/vpc:Vpc ${id}`]);
  t.is((await local(t.context, "/lab/nothing")).status, 404);
  await local(t.context, "/provider/delete", { type: "aws:ec2/vpc:Vpc", id, olds: {} });
  t.deepEqual(
    JSON.parse((await local(t.context, "/provider/read", { type: "aws:ec2/vpc:Vpc", id, olds: {} })).body),
    {},
  );
});

test("a service that does not become steady exists, and the provider learns why", async (t) => {
  const { account, daemon } = t.context;
  account.cluster();
  const taskDefinition = account.taskDefinition();
  daemon.awaited = () => Promise.reject(new Error("tasks failed to start"));
  const inputs = { name: "app", cluster: "home", launchType: "EXTERNAL", desiredCount: 1, taskDefinition };
  const create = (more: object) =>
    local(t.context, "/provider/create", {
      type: "aws:ecs/service:Service",
      inputs: { ...inputs, ...more },
    });
  const made = JSON.parse((await create({ waitForSteadyState: true })).body);
  t.is(made.failure, "tasks failed to start");
  t.regex(made.id, /:service\/home\/app$/);
  t.is(JSON.parse((await create({ name: "other" })).body).failure, undefined);
});

test("the observed network shows under /lab/tunnels", async (t) => {
  t.context.account.vpn();
  t.context.observed = {
    tunnels: [{ outsideAddress: "203.0.113.17", up: true, statusMessage: "" }],
    targets: [],
  };
  const tunnels = async () => JSON.parse((await local(t.context, "/lab/tunnels")).body) as { up: boolean }[];
  const until = Date.now() + 5000;
  while (!(await tunnels())[0]?.up && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.deepEqual(
    (await tunnels()).map((x) => x.up),
    [true, false],
  );
});

test("the saved account is there after a restart", async (t) => {
  const { account, daemon, folder } = t.context;
  const id = account.vpc();
  // Two daemons at once would write the same file.
  await daemon.close();
  const next = new Account();
  const again = new Daemon({
    aws: next.aws,
    dataPlane: { reconcile: () => Promise.resolve(), observe: async () => t.context.observed },
    stateFile: join(folder, "state.json"),
    log: t.log,
  });
  await again.start();
  t.is(next.text("vpc", id, "cidrBlock"), "10.0.0.0/16");
  await again.close();
});
