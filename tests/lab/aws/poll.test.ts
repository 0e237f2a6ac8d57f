import { registerInstance } from "../../../lab/aws/control/instances.ts";
import { issue } from "../../../lab/aws/control/managed-instances.ts";
import { report } from "../../../lab/aws/control/tasks.ts";
import { allow, trust } from "./account.ts";
import { https, local, test } from "./world.ts";

const registered = {
  cluster: "home",
  cpu: 1024,
  memory: 1024,
  reservedPorts: [],
  reservedPortsUdp: [],
  attributes: {},
  versionInfo: {},
};

test("an agent's poll waits for a task and gets it with secrets and credentials; the service waits for the agent", async (t) => {
  const { account } = t.context;
  const role = account.nodeRole();
  const policyArn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
  account.make("rolePolicyAttachment", { role, policyArn });
  account.make("role", { name: "exec", assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
  account.make("rolePolicy", {
    role: "exec",
    policy: allow(["ssm:GetParameters"], "arn:aws:ssm:us-east-1:123456789012:parameter/hits/*"),
  });
  account.make("parameter", { name: "/hits/token", type: "SecureString", value: "s3cret" });
  account.cluster();
  const instance = registerInstance(account.aws, "mi-00000000000000001", registered);
  const { accessKeyId } = issue(account.aws, "node", "mi-00000000000000001");
  const poll = (known: object[]) =>
    https(
      t.context,
      "ecs-a-1.us-east-1.amazonaws.com",
      "/lab/poll",
      { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/x` },
      JSON.stringify({ containerInstanceArn: instance.arn, known }),
    );
  // The poll is under way as soon as it waits for a change.
  const underWay = new Promise<void>((resolve) => {
    const onChange = account.aws.onChange.bind(account.aws);
    account.aws.onChange = (listener) => {
      resolve();
      return onChange(listener);
    };
  });
  const waiting = poll([]);
  await underWay;
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
  const reply = await poll([{ taskArn: task.arn, lastStatus: "RUNNING", containers: [] }]);
  t.is(JSON.parse(reply.body).tasks[0].desiredStatus, "STOPPED");
  report(account.aws, task, { status: "STOPPED", containers: [] });
  t.is((await gone).status, 200);
  instance.status = "INACTIVE";
  t.is(JSON.parse((await poll([])).body).__type, "InactiveInstanceException");
});

test("the poll of an agent whose container has not reported its health yet is short", async (t) => {
  const { account } = t.context;
  const role = account.nodeRole();
  const policyArn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
  account.make("rolePolicyAttachment", { role, policyArn });
  account.cluster();
  const instance = registerInstance(account.aws, "mi-00000000000000001", registered);
  const healthCheck = { command: ["CMD-SHELL", "true"] };
  account.service({ taskDefinition: account.taskDefinition([account.container({ healthCheck })]) });
  account.aws.changed();
  const { accessKeyId } = issue(account.aws, "node", "mi-00000000000000001");
  const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/x` };
  const poll = async (known: object[]) => {
    const body = JSON.stringify({ containerInstanceArn: instance.arn, known });
    return JSON.parse(
      (await https(t.context, "ecs-a-1.us-east-1.amazonaws.com", "/lab/poll", headers, body)).body,
    );
  };
  const [task] = (await poll([])).tasks;
  const since = Date.now();
  await poll([{ ...task, lastStatus: "RUNNING", containers: [{ name: "app", lastStatus: "RUNNING" }] }]);
  t.true(Date.now() - since < 15_000);
});

test("a secret that the execution role may not read stops the task, with the reason", async (t) => {
  const { account } = t.context;
  const role = account.nodeRole();
  const policyArn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
  account.make("rolePolicyAttachment", { role, policyArn });
  account.make("role", { name: "exec", assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
  account.cluster();
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
