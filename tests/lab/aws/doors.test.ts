import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import anyTest, { type TestFn } from "ava";
import { registerInstance } from "../../../lab/aws/control/instances.ts";
import { issue } from "../../../lab/aws/control/managed-instances.ts";
import { report } from "../../../lab/aws/control/tasks.ts";
import { Daemon } from "../../../lab/aws/daemon.ts";
import type { DesiredNetwork, ObservedNetwork } from "../../../lab/aws/data-plane.ts";
import { openInternet } from "../../../lab/aws/front/internet.ts";
import { openSocket } from "../../../lab/aws/front/socket.ts";
import { Account, allow, trust } from "./account.ts";

const run = promisify(execFile);

interface World {
  folder: string;
  account: Account;
  daemon: Daemon;
  wanted: DesiredNetwork[];
  observed: ObservedNetwork;
  port: number;
  end: () => Promise<void>;
}
const test = anyTest as TestFn<World>;

const freePort = () => 20_000 + Math.floor(Math.random() * 20_000);

test.beforeEach(async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "lab-aws-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  await run("openssl", [
    "req",
    "-x509",
    ...curve,
    "-nodes",
    "-keyout",
    key,
    "-out",
    certificate,
    "-days",
    "1",
    "-subj",
    "/CN=lab",
  ]);
  for (const name of ["registry", "mirror"]) await mkdir(join(folder, name));
  // The doors live in real time.
  const account = new Account({ clock: () => new Date() });
  const wanted: DesiredNetwork[] = [];
  const world: Partial<World> & { observed: ObservedNetwork } = { observed: { tunnels: [], targets: [] } };
  const dataPlane = {
    reconcile: async (desired: DesiredNetwork) => void wanted.push(desired),
    observe: async () => world.observed,
  };
  const stateFile = join(folder, "state.json");
  const daemon = new Daemon({ aws: account.aws, dataPlane, stateFile, log: (line) => t.log(line) });
  await daemon.start();
  const port = freePort();
  const closers = [
    await openInternet(account.aws, {
      address: "127.0.0.1",
      httpsPort: port,
      httpPort: port + 1,
      certificate: await readFile(certificate, "utf8"),
      key: await readFile(key, "utf8"),
      objects: new Map([["amazon-ecs-agent.s3.amazonaws.com/install.sh", Buffer.from("#!/bin/sh\n")]]),
      registry: join(folder, "registry"),
      mirror: join(folder, "mirror"),
    }),
    await openSocket(daemon, join(folder, "aws.sock")),
  ];
  t.context = Object.assign(world, {
    folder,
    account,
    daemon,
    wanted,
    port,
    end: async () => {
      for (const close of closers) close();
      await daemon.close();
      await rm(folder, { recursive: true });
    },
  });
});
test.afterEach.always((t) => t.context.end());

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const over = (
  send: typeof tlsRequest | typeof plainRequest,
  options: object,
  body: string | undefined,
): Promise<Got> =>
  new Promise((resolve, reject) => {
    const sent = send({ host: "127.0.0.1", ...options }, (response) => {
      text(response).then(
        (got) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: got }),
        reject,
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });

/** Asks a host of AWS's, which the lab's DNS would have led here. */
const https = ({ port }: World, host: string, path: string, headers: object = {}, body?: string) =>
  over(
    tlsRequest,
    {
      port,
      path,
      method: body === undefined ? "GET" : "POST",
      rejectUnauthorized: false,
      headers: { host, ...headers },
    },
    body,
  );

const local = ({ folder }: World, path: string, body?: object) =>
  over(
    plainRequest,
    { socketPath: join(folder, "aws.sock"), path, method: body === undefined ? "GET" : "POST" },
    body && JSON.stringify(body),
  );

test("objects of S3's buckets, by host", async (t) => {
  const bucket = "amazon-ecs-agent.s3.amazonaws.com";
  t.like(await https(t.context, bucket, "/install.sh"), { status: 200, body: "#!/bin/sh\n" });
  const missing = await https(t.context, bucket, "/other.sh");
  t.is(missing.status, 404);
  t.regex(missing.body, /<Code>NoSuchKey<\/Code>/);
  t.is((await https(t.context, "s3.us-east-1.amazonaws.com", "/install.sh")).status, 404);
});

const digest = (bytes: string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

test("images of a registry, by tag and by digest", async (t) => {
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
  const get = (path: string) => over(plainRequest, { port: t.context.port + 1, path }, undefined);
  t.like(await get("/Packages"), { status: 200, body: "Package: docker.io\n" });
  t.is((await get("/../state.json")).status, 404);
  t.is((await get("/%2e%2e/state.json")).status, 404);
});

test("a provider's calls create, refuse and drive the network", async (t) => {
  const create = (type: string, inputs: object) => local(t.context, "/provider/create", { type, inputs });
  const vpc = await create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
  const { id, outputs } = JSON.parse(vpc.body);
  t.like(outputs, { cidrBlock: "10.0.0.0/16", enableDnsSupport: true, region: "us-east-1", tagsAll: {} });
  t.deepEqual(t.context.wanted.at(-1)?.vpcs, [{ id, cidr: "10.0.0.0/16" }]);
  // On disk before it was answered.
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

test("the network that was seen shows under /lab/tunnels", async (t) => {
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

test("an agent's poll waits for a task, gets it with its secrets and credentials, and a service waits for the agent", async (t) => {
  const { account } = t.context;
  const role = account.nodeRole();
  const policyArn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
  account.make("attachment", { role, policyArn });
  account.make("role", { name: "exec", assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
  account.make("policy", {
    role: "exec",
    policy: allow(["ssm:GetParameters"], "arn:aws:ssm:us-east-1:123456789012:parameter/hits/*"),
  });
  account.make("parameter", { name: "/hits/token", type: "SecureString", value: "s3cret" });
  account.cluster();
  const instance = registerInstance(account.aws, "mi-00000000000000001", {
    cluster: "home",
    cpu: 1024,
    memory: 1024,
    reservedPorts: [],
    reservedPortsUdp: [],
    attributes: {},
    versionInfo: {},
  });
  const { accessKeyId } = issue(account.aws, "node", "mi-00000000000000001");
  const poll = (known: object[]) =>
    https(
      t.context,
      "ecs-a-1.us-east-1.amazonaws.com",
      "/lab/poll",
      { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/x` },
      JSON.stringify({ containerInstanceArn: instance.arn, known }),
    );
  const waiting = poll([]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const executionRoleArn = account.text("role", "exec", "arn");
  const secrets = [{ name: "TOKEN", valueFrom: "/hits/token" }];
  const taskDefinition = account.taskDefinition([account.container({ secrets })], { executionRoleArn });
  const service = local(t.context, "/provider/create", {
    type: "aws:ecs/service:Service",
    inputs: {
      name: "hits",
      cluster: "home",
      launchType: "EXTERNAL",
      desiredCount: 1,
      taskDefinition,
      waitForSteadyState: true,
    },
  });
  const { tasks } = JSON.parse((await waiting).body);
  t.is(tasks.length, 1);
  t.like(tasks[0], { desiredStatus: "RUNNING", family: "app", revision: 1, networkMode: "bridge" });
  t.deepEqual(tasks[0].containers[0].secrets, [{ name: "TOKEN", value: "s3cret" }]);
  t.regex(tasks[0].executionRoleCredentials.AccessKeyId, /^ASIA[A-Z2-7]{16}$/);
  const [task] = Object.values(account.aws.runtime.ecs.tasks);
  if (!task) return t.fail();
  report(account.aws, task, { status: "RUNNING", containers: [] });
  account.aws.changed();
  t.is((await service).status, 200);

  const gone = local(t.context, "/provider/delete", {
    type: "aws:ecs/service:Service",
    id: JSON.parse((await service).body).id,
    olds: {},
  });
  const told = await poll([{ taskArn: task.arn, lastStatus: "RUNNING", containers: [] }]);
  t.is(JSON.parse(told.body).tasks[0].desiredStatus, "STOPPED");
  report(account.aws, task, { status: "STOPPED", containers: [] });
  t.is((await gone).status, 200);
  instance.status = "INACTIVE";
  t.is(JSON.parse((await poll([])).body).__type, "InactiveInstanceException");
});

test("a secret that the execution role may not read stops the task, and says why", async (t) => {
  const { account } = t.context;
  const role = account.nodeRole();
  const policyArn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
  account.make("attachment", { role, policyArn });
  account.make("role", { name: "exec", assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
  account.cluster();
  const registered = {
    cluster: "home",
    cpu: 1024,
    memory: 1024,
    reservedPorts: [],
    reservedPortsUdp: [],
    attributes: {},
    versionInfo: {},
  };
  const instance = registerInstance(account.aws, "mi-00000000000000001", registered);
  const { accessKeyId } = issue(account.aws, "node", "mi-00000000000000001");
  const secrets = [{ name: "TOKEN", valueFrom: "/hits/token" }];
  const executionRoleArn = account.text("role", "exec", "arn");
  account.service({
    taskDefinition: account.taskDefinition([account.container({ secrets })], { executionRoleArn }),
  });
  const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/x` };
  const body = JSON.stringify({ containerInstanceArn: instance.arn, known: [] });
  const answer = await https(t.context, "ecs-a-1.us-east-1.amazonaws.com", "/lab/poll", headers, body);
  t.deepEqual(JSON.parse(answer.body), { tasks: [] });
  const [task] = Object.values(account.aws.runtime.ecs.tasks);
  t.like(task, { lastStatus: "STOPPED", stopCode: "TaskFailedToStart" });
  t.regex(
    task?.stoppedReason ?? "",
    /^ResourceInitializationError: .*AccessDeniedException: exec is not authorized to perform: ssm:GetParameters/,
  );
});

test("what was saved is there after a restart", async (t) => {
  const { account, daemon, folder } = t.context;
  const id = account.vpc();
  await daemon.save();
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
