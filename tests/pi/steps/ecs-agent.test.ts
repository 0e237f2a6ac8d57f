import * as fs from "node:fs";
import test from "ava";
import fc from "fast-check";
import { registrationLines } from "../../../pi/steps/ecs-agent/ecs-config.ts";
import { ecsAgent } from "../../../pi/steps/ecs-agent.ts";
import { args, code, node } from "../../support/fake-node.ts";
import { hasGoodScripts } from "../../support/shellcheck.ts";

test("a bare host becomes a node; the second run changes nothing", async (t) => {
  const at = node(t);
  const step = ecsAgent(args(at));
  const first = await at.succeed(step);
  t.deepEqual(first.changed, ["/etc/ecs/ecs.config"]);
  t.deepEqual(first.facts, {
    managedInstanceId: "mi-00000000000000001",
    containerInstanceArn: "arn:aws:ecs:us-east-1:123456789012:container-instance/home/1",
    agentVersion: "1.105.1",
  });
  t.is(
    at.read("/etc/ecs/ecs.config"),
    '# From ecs-anywhere-hybrid: edits are put back.\nECS_CLUSTER=home\nECS_INSTANCE_ATTRIBUTES={"hybrid.host":"pi-1","redis":"true"}\n',
    "what the installer appended is gone again",
  );
  t.is(at.read("/var/lib/ecs/ecs.config"), "AWS_DEFAULT_REGION=us-east-1\nECS_EXTERNAL=true\n");
  at.calls();
  t.deepEqual((await at.succeed(step)).changed, []);
  t.deepEqual(
    at.calls().filter((call) => /restart|register/.test(call)),
    [],
  );
});

test("the ECS agent is started once the SSM agent has credentials for it", async (t) => {
  const at = node(t);
  at.write("/late", "");
  at.fake("sleep", 'rm -f "$ROOT/late"; systemctl start amazon-ssm-agent');
  await at.succeed(ecsAgent(args(at)));
  t.is(at.calls().filter((call) => call.startsWith("sleep")).length, 1);
});

test("once AWS is at private addresses the agent asks again where to connect, and stays the same node", async (t) => {
  const at = node(t);
  const { facts } = await at.succeed(ecsAgent(args(at)));
  at.calls();
  const after = await at.succeed(ecsAgent(args(at, { privately: true })));
  t.deepEqual(after.changed, ["/etc/ecs/ecs.config"]);
  t.deepEqual(after.facts, facts);
  const calls = at.calls();
  t.true(calls.includes("systemctl restart ecs"), calls.join("\n"));
  t.deepEqual(
    calls.filter((call) => /register/i.test(call)),
    [],
  );
});

test("ecs.config is there before the registration", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  t.regex(at.read("/config-at-registration"), /^ECS_CLUSTER=home\nECS_INSTANCE_ATTRIBUTES=/m);
});

test("the activation code is in the arguments of the SSM agent only, and in no file", async (t) => {
  const at = node(t);
  const { status, stdout, stderr } = await at.run(ecsAgent(args(at)));
  t.is(status, 0);
  t.notRegex(stdout + stderr, new RegExp(code));
  const calls = at.calls().filter((call) => call.includes(code));
  t.deepEqual(calls, [
    `amazon-ssm-agent -register -code ${code} -id ${args(at).activationId} -region us-east-1`,
  ]);
  t.is(at.read("/arguments-with-code"), "", "neither the installer nor its parents carry it");
  t.is(at.read("/environment-with-code"), "");
  for (const [path, { content }] of Object.entries(at.snapshot())) {
    if (path !== "/var/lib/fake/code") t.false(content.includes(code), path);
  }
});

test("a host that is registered already is not registered again", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  at.calls();
  at.agentDies();
  await at.succeed(ecsAgent(args(at)));
  t.deepEqual(
    at.calls().filter((call) => call.startsWith("amazon-ssm-agent")),
    [],
  );
});

test("another cluster: the container instance is drained, deregistered and created again; the host stays registered", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  at.calls();
  const { facts } = await at.succeed(ecsAgent(args(at, { clusterName: "office" })));
  t.is(facts.containerInstanceArn, "arn:aws:ecs:us-east-1:123456789012:container-instance/office/2");
  t.is(facts.managedInstanceId, "mi-00000000000000001");
  const calls = at.calls();
  t.deepEqual(
    calls
      .filter((call) => call.includes("--aws-sigv4"))
      .map((call) => /V20141113\.(\w+).*"cluster":"(\w+)"/.exec(call)?.slice(1)),
    [
      ["UpdateContainerInstancesState", "home"],
      ["DeregisterContainerInstance", "home"],
      ["ListContainerInstances", "office"],
    ],
  );
  t.false(
    calls.some((call) => call.includes("FAKESECRET")),
    "credentials go through stdin",
  );
  t.regex(at.read("/aws-stdin"), /user = "ASIAFAKE:FAKESECRET"\nheader = "X-Amz-Security-Token: FAKETOKEN"/);
});

test("other attributes make a new container instance, since ECS takes them at the first registration only", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  const { facts } = await at.succeed(ecsAgent(args(at, { attributes: {} })));
  t.is(facts.containerInstanceArn, "arn:aws:ecs:us-east-1:123456789012:container-instance/home/2");
  t.is(facts.managedInstanceId, "mi-00000000000000001");
});

/** A container instance of the cluster `home`, as ECS describes it. */
const instance = (n: number, managedInstance: number, host: string) => ({
  containerInstanceArn: `arn:aws:ecs:us-east-1:123456789012:container-instance/home/${n}`,
  ec2InstanceId: `mi-${String(managedInstance).padStart(17, "0")}`,
  attributes: [
    { name: "ecs.os-type", value: "linux" },
    { name: "hybrid.host", value: host },
  ],
});

/** What it asked AWS to forget. */
const forgotten = (calls: readonly string[]) =>
  calls
    .flatMap((call) => /\.Deregister\w+ -d (\{.*\}) https/.exec(call)?.[1] ?? [])
    .map((body) => JSON.parse(body));

test("a reinstalled host signs off its former registration, and no other host", async (t) => {
  const at = node(t);
  // Its own, its former one, and one that AWS should not have told of.
  at.write(
    "/cluster",
    JSON.stringify([instance(1, 1, "pi-1"), instance(7, 7, "pi-1"), instance(8, 8, "pi-2")]),
  );
  at.write("/refusals", "2");
  at.fake("sleep");
  await at.succeed(ecsAgent(args(at)));
  const calls = at.calls();
  t.true(
    calls.some((call) => call.includes('"cluster":"home","filter":"attribute:hybrid.host == pi-1"')),
    calls.join("\n"),
  );
  t.deepEqual(forgotten(calls), [
    { cluster: "home", containerInstance: instance(7, 7, "pi-1").containerInstanceArn, force: true },
    { InstanceId: "mi-00000000000000007" },
  ]);
});

test("a host that was reinstalled and renamed at once signs off what it was under its earlier name", async (t) => {
  const at = node(t);
  at.write(
    "/cluster",
    JSON.stringify([instance(1, 1, "pi-1"), instance(7, 7, "kitchen"), instance(8, 8, "pi-2")]),
  );
  await at.succeed(ecsAgent(args(at, { formerly: "kitchen" })));
  t.deepEqual(forgotten(at.calls()), [
    { cluster: "home", containerInstance: instance(7, 7, "kitchen").containerInstanceArn, force: true },
    { InstanceId: "mi-00000000000000007" },
  ]);
});

test("a former registration that AWS does not list, or does not deregister, is a failure", async (t) => {
  const at = node(t);
  at.fake("sleep");
  at.write("/refusals", "6");
  t.regex(
    await at.refuse(ecsAgent(args(at))),
    /ecs-agent: hosts\.pi-1\.node: \{"__type":"AccessDeniedException"\}: must be told by ECS which registrations it has in home; see what stopped the call/,
  );
  await at.succeed(ecsAgent(args(at)));
});

for (const attribute of ["hybrid.host", "hybrid.stack"])
  test(`the program's own attribute ${attribute} is refused`, (t) => {
    const at = node(t);
    t.throws(() => ecsAgent(args(at, { attributes: { [attribute]: "pi-9" } })), {
      message: `hosts.pi-1.node.attributes: ${attribute}: must not be set: the program itself gives every node hybrid.host and hybrid.stack; choose another name`,
    });
  });

// why: two stacks with a pi-1 each in one cluster signed off each other's node when a host was reinstalled.
test("a reinstalled host signs off no host of the same name of another stack in the cluster", async (t) => {
  const at = node(t);
  const of = (stack: string, one: ReturnType<typeof instance>) => ({
    ...one,
    attributes: [...one.attributes, { name: "hybrid.stack", value: stack }],
  });
  const [own, former, other, before] = [
    of("hybrid-home", instance(1, 1, "pi-1")),
    of("hybrid-home", instance(7, 7, "pi-1")),
    of("hybrid-lab", instance(8, 8, "pi-1")),
    instance(9, 9, "pi-1"),
  ];
  at.write("/cluster", JSON.stringify([own, former, other, before]));
  await at.succeed(ecsAgent(args(at, { stackAttributes: { "hybrid.stack": "hybrid-home" } })));
  t.regex(
    at.read("/etc/ecs/ecs.config"),
    /^ECS_INSTANCE_ATTRIBUTES={"hybrid\.host":"pi-1","hybrid\.stack":"hybrid-home","redis":"true"}$/m,
  );
  const calls = at.calls();
  const filter = "attribute:hybrid.host == pi-1 and attribute:hybrid.stack == hybrid-home";
  t.true(
    calls.some((call) => call.includes(`"cluster":"home","filter":"${filter}"`)),
    calls.join("\n"),
  );
  t.deepEqual(forgotten(calls), [
    { cluster: "home", containerInstance: former?.containerInstanceArn, force: true },
    { InstanceId: "mi-00000000000000007" },
  ]);
});

test("a move that fails puts the node back into its old cluster, and the next try goes on", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  const move = { ...ecsAgent(args(at, { clusterName: "nowhere" })), settleSeconds: 1 };
  t.regex(await at.refuse(move), /ecs-agent: hosts\.pi-1\.node: the ECS agent does not answer on port 51678/);
  t.regex(at.read("/etc/ecs/ecs.config"), /^ECS_CLUSTER=home$/m);
  const back = await at.succeed(ecsAgent(args(at)));
  t.deepEqual(back.changed, []);
  t.regex(back.facts.containerInstanceArn ?? "", /\/home\/\d+$/);
  await at.succeed(ecsAgent(args(at, { clusterName: "office" })));
});

for (const refusal of ["ActivationExpired", "InvalidActivation", "RegistrationLimitExceeded"]) {
  test(`an activation that is refused is named with its remedy: ${refusal}`, async (t) => {
    const at = node(t);
    at.write("/refusal", refusal);
    const said = await at.refuse(ecsAgent(args(at)));
    t.true(
      said.includes(
        `hosts.pi-1.node.reinstalled: activation ${args(at).activationId}, which Systems Manager refused: ${refusal}: ` +
          "must be new: an activation registers one host, once, before it expires; raise hosts.pi-1.node.reinstalled by one",
      ),
      said,
    );
  });
}

test("a new activation after one that was used up", async (t) => {
  const at = node(t);
  at.write("/refusal", "ActivationExpired");
  await at.refuse(ecsAgent(args(at)));
  fs.rmSync(at.path("/refusal"));
  const { facts } = await at.succeed(
    ecsAgent(args(at, { activationId: "99999999-2222-4333-8444-555555555555" })),
  );
  t.is(facts.managedInstanceId, "mi-00000000000000001");
});

test("a registration that AWS has forgotten is replaced with a new activation, and only then", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  at.agentDies();
  at.write("/forgotten", "mi-00000000000000001");
  await at.refuse({ ...ecsAgent(args(at)), settleSeconds: 1 });
  const { facts } = await at.succeed(
    ecsAgent(args(at, { activationId: "99999999-2222-4333-8444-555555555555" })),
  );
  t.is(facts.managedInstanceId, "mi-00000000000000002");
});

test("a first run whose agent never comes keeps the registration: its activation is used up", async (t) => {
  const at = node(t);
  at.write("/forgotten", "mi-00000000000000001");
  const said = await at.refuse({ ...ecsAgent(args(at)), settleSeconds: 1 });
  t.regex(
    said,
    /^ecs-agent: hosts\.pi-1\.node: the ECS agent does not answer on port 51678: must run; see below what it says; if AWS has forgotten the host, raise hosts\.pi-1\.node\.reinstalled by one and run pulumi up again$/m,
  );
  fs.rmSync(at.path("/forgotten"));
  at.calls();
  const { facts } = await at.succeed(ecsAgent(args(at)));
  t.is(facts.managedInstanceId, "mi-00000000000000001");
  t.false(at.calls().some((call) => call.startsWith("amazon-ssm-agent")));
});

test("a host that is registered in another Region is refused", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  t.regex(
    await at.refuse(ecsAgent(args(at, { region: "eu-west-1" }))),
    /hosts\.pi-1\.node: mi-00000000000000001 in us-east-1: must not be registered in another Region than eu-west-1; take/,
  );
});

test("a host with AWS credentials of its own is refused", async (t) => {
  const at = node(t);
  at.write("/root/.aws/credentials", "[default]\naws_access_key_id = AKIAMINE\n");
  t.regex(await at.refuse(ecsAgent(args(at))), /credentials: must not exist before the host is a node; move/);
  t.is(at.read("/root/.aws/credentials"), "[default]\naws_access_key_id = AKIAMINE\n");
});

test("undo deregisters the node and leaves the host as it was", async (t) => {
  const at = node(t);
  const before = at.snapshot();
  const step = ecsAgent(args(at));
  await at.succeed(step);
  at.calls();
  await at.succeed(step, "undo");
  const operations = at.calls().flatMap((call) => /(?:V20141113|AmazonSSM)\.(\w+)/.exec(call)?.[1] ?? []);
  t.deepEqual(operations, [
    "UpdateContainerInstancesState",
    "DeregisterContainerInstance",
    "DeregisterManagedInstance",
  ]);
  at.forget();
  t.deepEqual(at.snapshot(), before);
  await at.succeed(step, "undo");
});

test("a node that leaves ends the containers of its tasks, which ECS would never stop", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  at.fake("docker", 'case $1 in ps) printf "one\\ntwo\\n" ;; inspect) echo sha256:f00 ;; esac');
  at.calls();
  await at.succeed(ecsAgent(args(at, { clusterName: "office" })));
  t.deepEqual(
    at.calls().filter((call) => call.startsWith("docker")),
    [
      "docker ps -aq --filter label=com.amazonaws.ecs.task-arn",
      "docker inspect -f {{.Image}} one two",
      "docker stop -t 20 one two",
      "docker rm -f one two",
    ],
  );
  await at.succeed(ecsAgent(args(at, { clusterName: "office" })), "undo");
  t.true(at.calls().includes("docker image rm sha256:f00 amazon/amazon-ecs-agent:latest"));
});

test("an installer that finds apt locked is run again, for a while", async (t) => {
  const at = node(t);
  at.fake("sleep");
  at.write("/apt-locks", "99");
  t.regex(
    await at.refuse(ecsAgent(args(at))),
    /hosts\.pi-1\.node: ecs-anywhere-install\.sh ended with status 100: .*Could not get lock .*unattended-upgr/s,
  );
  at.write("/apt-locks", "2");
  at.calls();
  await at.succeed(ecsAgent(args(at)));
  t.is(at.calls().filter((call) => call === "sleep 10").length, 2);
});

test("undo succeeds when AWS is out of reach", async (t) => {
  const at = node(t);
  await at.succeed(ecsAgent(args(at)));
  at.write("/aws-unreachable", "");
  const { status, stderr } = await at.run(ecsAgent(args(at)), "undo");
  t.is(status, 0, stderr);
});

test("ecs.config depends on what the attributes are, not on their order", (t) => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[A-Za-z0-9_./-]{1,20}$/), fc.stringMatching(/^[ -~]{1,20}$/)),
      (attributes) => {
        const reversed = Object.fromEntries(Object.entries(attributes).reverse());
        const lines = registrationLines("home", attributes);
        t.deepEqual(registrationLines("home", reversed), lines);
        t.true(lines.every((line) => !line.includes("\n")));
        const written = /^ECS_INSTANCE_ATTRIBUTES=(.*)$/.exec(lines[1] ?? "")?.[1] ?? "{}";
        t.deepEqual(JSON.parse(written), { ...attributes });
      },
    ),
  );
});

test("every script of the step passes shellcheck and dash -n", (t) => {
  const at = node(t);
  const installer = { url: "https://files.example/install.sh", sha256: "0".repeat(64), packagesSha256: [] };
  for (const internet of ["fallback", "never"] as const)
    hasGoodScripts(t, ecsAgent(args(at, { clusterName: "it's", internet, installer })));
});
