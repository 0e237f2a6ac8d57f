import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test from "ava";

const agents = join(import.meta.dirname, "../../../lab/agents");

/** Runs Python that can import the agents' modules, with `given` as JSON input; returns its JSON output. */
function python(code: string, given: unknown): unknown {
  const program = `
import json, sys
sys.path[:0] = ["${agents}/ecs-agent", "${agents}/common", "${agents}/ssm-agent"]
given = json.load(sys.stdin)
${code}
`;
  return JSON.parse(
    execFileSync("/usr/bin/python3", ["-B", "-c", program], {
      input: JSON.stringify(given),
      stdio: "pipe",
    }).toString(),
  );
}

const task = {
  taskArn: "arn:aws:ecs:us-east-1:123456789012:task/home/0123456789abcdef0123456789abcdef",
  family: "hits",
  revision: 7,
  networkMode: "bridge",
  volumes: [{ name: "data", host: { sourcePath: "/srv/redis" } }],
  containers: [
    {
      name: "redis",
      image: "redis:7",
      memory: 64,
      cpu: 1,
      environment: [{ name: "A", value: "1" }],
      secrets: [{ name: "TOKEN", value: "s3cret" }],
      portMappings: [{ containerPort: 6379, hostPort: 6379, protocol: "tcp" }],
      mountPoints: [{ sourceVolume: "data", containerPath: "/data", readOnly: true }],
      healthCheck: {
        command: ["CMD", "redis-cli", "ping"],
        interval: 5,
        timeout: 2,
        retries: 4,
        startPeriod: 1,
      },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/hits",
          "awslogs-region": "us-east-1",
          "awslogs-stream-prefix": "redis",
        },
      },
    },
  ],
};

const specify = (more: object) =>
  python(
    'import container\nprint(json.dumps(container.specification(given, given["containers"][0], "home")))',
    { ...task, ...more },
  ) as Record<string, Record<string, unknown>>;

test("Docker gets a container that matches its definition", (t) => {
  const { HostConfig, Env, Healthcheck, Labels } = specify({});
  t.like(HostConfig, {
    NetworkMode: "bridge",
    Memory: 64 * 1024 * 1024,
    CpuShares: 2,
    PortBindings: { "6379/tcp": [{ HostPort: "6379" }] },
    Binds: ["/srv/redis:/data:ro"],
  });
  t.deepEqual(Env as unknown, ["A=1", "TOKEN=s3cret"]);
  t.deepEqual(Healthcheck, {
    Test: ["CMD", "redis-cli", "ping"],
    Interval: 5e9,
    Timeout: 2e9,
    Retries: 4,
    StartPeriod: 1e9,
  });
  t.is(Labels?.["com.amazonaws.ecs.task-arn"], task.taskArn);
});

test("Docker's awslogs driver gets the whole stream name and the path of the task's credentials", (t) => {
  t.deepEqual(specify({}).HostConfig?.LogConfig, {
    Type: "awslogs",
    Config: {
      "awslogs-group": "/hits",
      "awslogs-region": "us-east-1",
      "awslogs-stream": "redis/redis/0123456789abcdef0123456789abcdef",
      "awslogs-credentials-endpoint": "/v2/credentials/0123456789abcdef0123456789abcdef-execution",
    },
  });
});

test("on the host's network no port is bound", (t) => {
  t.like(specify({ networkMode: "host" }).HostConfig, { NetworkMode: "host", PortBindings: {} });
});

test("settings in /etc/ecs/ecs.config take precedence over the installer's", (t) => {
  const code = `
import os, tempfile, settings
folder = tempfile.mkdtemp()
for name, text in given.items():
    open(os.path.join(folder, name), "w").write(text)
read = settings.Settings([os.path.join(folder, name) for name in ("lib", "etc")])
print(json.dumps([read.cluster, read.region, read.attributes]))`;
  const given = {
    lib: "AWS_DEFAULT_REGION=us-east-1\nECS_EXTERNAL=true\nECS_CLUSTER=other\n",
    etc: '# a comment\nECS_CLUSTER=home\nECS_INSTANCE_ATTRIBUTES={"redis":"true"}\n',
  };
  t.deepEqual(python(code, given), ["home", "us-east-1", { redis: "true" }]);
});

test("requests are signed as in AWS's own example", (t) => {
  // IAM user guide, "Signature Version 4 signing": the known answer for the derived key of this secret and date.
  const code = `
import awsapi
key = ("AWS4" + given["secret"]).encode()
for part in ("20150830", "us-east-1", "iam", "aws4_request"):
    key = awsapi._hmac(key, part)
print(json.dumps(key.hex()))`;
  t.is(
    python(code, { secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }),
    "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
  );
});

test("an ECR image is pulled with the task's execution role, or else the node's role; other images without a token", (t) => {
  const code = `
import awsapi, base64, registry
asked = []
def call(region, service, target, payload, url=None, credentials=None):
    asked.append([region, service, target, url, credentials])
    return {"authorizationData": [{"authorizationToken": base64.b64encode(b"AWS:to:ken").decode()}]}
awsapi.call = call
role = {"AccessKeyId": "A", "SecretAccessKey": "S", "Token": "T"}
got = [registry.authorization(image, with_role and role) for image, with_role in given]
print(json.dumps([got, asked]))`;
  const host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const given = [
    ["public.ecr.aws/docker/library/redis:7", true],
    [`${host}/page:1`, true],
    [`${host}/page:1`, false],
  ];
  const pull = { username: "AWS", password: "to:ken", serveraddress: host };
  const asked = [
    ...["eu-west-1", "ecr", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"],
    "https://api.ecr.eu-west-1.amazonaws.com/",
  ];
  t.deepEqual(python(code, given), [
    [null, pull, pull],
    [
      [...asked, ["A", "S", "T"]],
      [...asked, null],
    ],
  ] as unknown);
});

test("a pull is tried five times, but not if the image exists already", (t) => {
  const code = `
import engine
from docker import DockerError

class Docker:
    def __init__(self, failures, local): self.failures, self.local, self.pulls = failures, local, 0
    def pull(self, image, authorization):
        self.pulls += 1
        if self.pulls <= self.failures: raise DockerError(500, "connection refused")
    def image_id(self, image): return "sha256:1" if self.local else None

pauses = []
engine.time.sleep = pauses.append
def pull(failures, local):
    docker = Docker(failures, local)
    try: engine.Engine(docker, None, None, "home")._pull("redis:7", None)
    except engine.StartError as error: return [docker.pulls, str(error)]
    return [docker.pulls, ""]
print(json.dumps([pull(0, False), pull(4, False), pull(9, False), pull(9, True), pauses]))`;
  const waits = [1.1, 2.2, 4.4, 5];
  t.deepEqual(python(code, {}), [
    [1, ""],
    [5, ""],
    [5, "CannotPullContainerError: connection refused"],
    [1, ""],
    [...waits, ...waits],
  ] as unknown);
});

test("when an essential container exits, the whole task stops, with ECS's message", (t) => {
  const code = `
import threading, engine, state

class Docker:
    alive = True
    def pull(self, image, authorization): pass
    def create(self, name, spec): return "c1"
    def start(self, container): pass
    def stop(self, container, seconds): pass
    def remove(self, container): pass
    def inspect(self, container):
        return {"State": {"Status": "running" if self.alive else "exited", "ExitCode": 3}}

class Ecs:
    said = []
    def submit_task(self, arn, change): self.said.append(change)

import tempfile, os, time
engine.node.memory_limits = lambda: given["memory"]
docker, ecs = Docker(), Ecs()
run = engine.Engine(docker, state.State(os.path.join(tempfile.mkdtemp(), "agent.db")), ecs, "home")
run.reconcile([{**given["task"], "desiredStatus": "RUNNING"}])
def settle(status):
    for _ in range(200):
        run.watch()
        if ecs.said and ecs.said[-1]["status"] == status: return
        time.sleep(0.01)
settle("RUNNING" if given["memory"] else "STOPPED")
docker.alive = False
settle("STOPPED")
print(json.dumps([{"status": s["status"], "reason": s.get("reason"), "exit": [c.get("exitCode") for c in s["containers"]]} for s in ecs.said]))`;
  t.deepEqual(python(code, { task, memory: true }), [
    { status: "RUNNING", reason: null, exit: [null] },
    { status: "STOPPED", reason: "Essential container in task exited", exit: [3] },
  ] as unknown);
  t.deepEqual(python(code, { task, memory: false }), [
    { status: "STOPPED", reason: "CgroupError: Agent could not create task's platform resources", exit: [] },
  ] as unknown);
});
