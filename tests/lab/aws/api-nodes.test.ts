import test from "ava";
import { schedule } from "../../../lab/aws/control/scheduler.ts";
import { Account, allow } from "./account.ts";
import { call, unsigned } from "./client.ts";

/** Creates an account with a node role like the product's, a cluster and an activation. */
async function withNode(more: object = {}) {
  const account = new Account();
  account.cluster();
  const role = account.nodeRole();
  for (const policy of ["AmazonSSMManagedInstanceCore", "service-role/AmazonEC2ContainerServiceforEC2Role"])
    account.make("rolePolicyAttachment", { role, policyArn: `arn:aws:iam::aws:policy/${policy}` });
  account.make("rolePolicy", {
    role,
    policy: allow(
      ["ssm:DeregisterManagedInstance"],
      "arn:aws:ssm:us-east-1:123456789012:managed-instance/*",
      {
        StringEquals: { "ssm:resourceTag/hybrid:cluster": "home" },
      },
    ),
  });
  const activation = account.make("activation", {
    iamRole: role,
    tags: { "hybrid:cluster": "home" },
    ...more,
  });
  const code = account.text("activation", activation, "activationCode");
  const register = (ActivationCode = code) =>
    call(
      account,
      "ssm",
      "RegisterManagedInstance",
      { ActivationId: activation, ActivationCode, PublicKey: "AAAA", PublicKeyType: "Rsa", Fingerprint: "f" },
      unsigned,
    );
  return { account, activation, register };
}

/** Registers a node and gets its credentials. */
async function joined() {
  const { account, ...rest } = await withNode();
  const { json } = await rest.register();
  const id = String(json.InstanceId);
  const token = await call(account, "ssm", "RequestManagedInstanceRoleToken", { Fingerprint: "f" }, id);
  return { account, id, key: String(token.json.AccessKeyId), ...rest };
}

const registration = {
  cluster: "home",
  totalResources: [
    { name: "CPU", type: "INTEGER", integerValue: 4096 },
    { name: "MEMORY", type: "INTEGER", integerValue: 3800 },
    { name: "PORTS", type: "STRINGSET", stringSetValue: ["22", "2375"] },
    { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
  ],
  versionInfo: { agentVersion: "1.105.1" },
  attributes: [{ name: "redis", value: "true" }, { name: "ecs.capability.external" }],
};

test("an activation registers as many machines as its limit, each once, and only with its code", async (t) => {
  const { register } = await withNode();
  t.deepEqual((await register("wrong")).json, { __type: "InvalidActivation", message: "" });
  const first = await register();
  t.regex(String(first.json.InstanceId), /^mi-[0-9a-f]{17}$/);
  const second = await register();
  t.is(second.status, 400);
  t.deepEqual(second.json, { __type: "ActivationExpired", message: "" });
});

test("a used activation stays used after its machine is deregistered", async (t) => {
  const { account, id, register } = await joined();
  t.is((await call(account, "ssm", "DeregisterManagedInstance", { InstanceId: id })).status, 200);
  t.is((await register()).json.__type, "ActivationExpired");
  const { json } = await call(account, "ssm", "DescribeActivations", {});
  t.like((json.ActivationList as object[])[0], {
    RegistrationLimit: 1,
    RegistrationsCount: 1,
    Expired: false,
  });
});

test("an activation expires after 24 hours", async (t) => {
  const { account, register } = await withNode();
  account.pass(24 * 3600 + 1);
  t.is((await register()).json.__type, "ActivationExpired");
});

test("Fleet Manager shows the machine's local address and whether it is online", async (t) => {
  const { account, id, key } = await joined();
  const information = {
    InstanceId: id,
    AgentVersion: "3.3.3598.0",
    PlatformName: "Debian GNU/Linux",
    PlatformVersion: "12",
    IPAddress: "192.168.1.101",
    ComputerName: "pi-1",
  };
  t.is((await call(account, "ssm", "UpdateInstanceInformation", information, key)).status, 200);
  const view = async () => {
    const { json } = await call(account, "ssm", "DescribeInstanceInformation", {});
    return (json.InstanceInformationList as object[])[0];
  };
  t.like(await view(), {
    ...information,
    PingStatus: "Online",
    ResourceType: "ManagedInstance",
    IamRole: "node",
  });
  account.pass(41);
  t.like(await view(), { PingStatus: "ConnectionLost" });
});

test("a node may deregister itself if it has its cluster's tag, and not without it", async (t) => {
  const { account, id, key } = await joined();
  t.is((await call(account, "ssm", "DeregisterManagedInstance", { InstanceId: id }, key)).status, 200);
  t.is(
    (await call(account, "ssm", "RequestManagedInstanceRoleToken", {}, id)).json.__type,
    "InvalidInstanceId",
  );

  const other = await joined();
  const instance = other.account.aws.runtime.managedInstances[other.id];
  if (instance) instance.tags = { "hybrid:cluster": "another" };
  const answer = await call(
    other.account,
    "ssm",
    "DeregisterManagedInstance",
    { InstanceId: other.id },
    other.key,
  );
  t.is(answer.json.__type, "AccessDeniedException");
  t.regex(
    String(answer.json.message),
    /is not authorized to perform: ssm:DeregisterManagedInstance on resource: arn:aws:ssm:/,
  );
});

test("a node without the ECS policy cannot join the cluster", async (t) => {
  const { account, key } = await joined();
  account.drop(
    "rolePolicyAttachment",
    "node/arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
  );
  const answer = await call(account, "ecs", "RegisterContainerInstance", registration, key);
  t.is(answer.json.__type, "AccessDeniedException");
});

test("a task goes from the scheduler to the agent, and the AWS CLI sees it", async (t) => {
  const { account, id, key } = await joined();
  const registered = await call(account, "ecs", "RegisterContainerInstance", registration, key);
  const instance = registered.json.containerInstance as unknown as { containerInstanceArn: string };
  const { containerInstanceArn } = instance;
  t.regex(
    containerInstanceArn,
    /^arn:aws:ecs:us-east-1:123456789012:container-instance\/home\/[0-9a-f]{32}$/,
  );
  t.like(instance, { ec2InstanceId: id, status: "ACTIVE", agentConnected: true });
  const portMappings = [{ containerPort: 80, hostPort: 8080 }];
  account.service({ taskDefinition: account.taskDefinition([account.container({ portMappings })]) });
  schedule(account.aws);
  const [taskArn = ""] = (await call(account, "ecs", "ListTasks", { cluster: "home" })).json
    .taskArns as string[];
  t.regex(taskArn, /^arn:aws:ecs:us-east-1:123456789012:task\/home\/[0-9a-f]{32}$/);
  const change = {
    cluster: "home",
    task: taskArn,
    status: "RUNNING",
    containers: [
      {
        containerName: "app",
        runtimeId: "abc",
        status: "RUNNING",
        networkBindings: [{ bindIP: "0.0.0.0", containerPort: 80, hostPort: 8080, protocol: "tcp" }],
      },
    ],
  };
  t.is((await call(account, "ecs", "SubmitTaskStateChange", change, key)).status, 200);
  const { json } = await call(account, "ecs", "DescribeTasks", { cluster: "home", tasks: [taskArn, "nope"] });
  t.like((json.tasks as object[])[0], {
    lastStatus: "RUNNING",
    launchType: "EXTERNAL",
    group: "service:app",
    containerInstanceArn,
  });
  t.deepEqual(json.failures, [{ arn: "nope", reason: "MISSING" }]);
  schedule(account.aws);
  const services = (await call(account, "ecs", "DescribeServices", { cluster: "home", services: ["app"] }))
    .json;
  t.like((services.services as object[])[0], {
    runningCount: 1,
    pendingCount: 0,
    desiredCount: 1,
    status: "ACTIVE",
  });
  const found = await call(account, "ecs", "ListContainerInstances", {
    cluster: "home",
    filter: "attribute:redis == true",
  });
  t.deepEqual(found.json.containerInstanceArns, [containerInstanceArn]);
  const instances = await call(account, "ecs", "DescribeContainerInstances", {
    cluster: "home",
    containerInstances: [containerInstanceArn],
  });
  t.like((instances.json.containerInstances as object[])[0], { runningTasksCount: 1, pendingTasksCount: 0 });
  const left = await call(
    account,
    "ecs",
    "DeregisterContainerInstance",
    { cluster: "home", containerInstance: containerInstanceArn },
    key,
  );
  t.deepEqual(left.json, {
    __type: "InvalidParameterException",
    message: "Found running tasks on the instance.",
  });
  const forced = { cluster: "home", containerInstance: containerInstanceArn, force: true };
  t.is((await call(account, "ecs", "DeregisterContainerInstance", forced, key)).status, 200);
});
