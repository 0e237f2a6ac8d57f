/** AWS's service models judge what the lab's APIs take and answer, with the lab's own clients. */
import test from "ava";
import { jsonApis } from "../../../lab/aws/api/json-apis.ts";
import { privateMembers, privateOperations } from "../../../lab/models/differences.ts";
import { judgeAnswer, judgeRequest, said } from "../../../lab/models/judge.ts";
import { call, type Target, unsigned } from "../aws/client.ts";
import { Home } from "../aws/home.ts";
import { agentRequests } from "./support/agents.ts";
import { modelOf } from "./support/judged.ts";

const models = { ecs: "ECS", ssm: "SSM", logs: "CloudWatch Logs", ecr: "ECR" } as const;
const isPrivate = (service: string, operation: string) =>
  privateOperations.some((one) => one.service === service && one.name === operation);

/** Returns what the models find in a request and its answer. */
async function judged(home: Home, target: Target, operation: string, body: object, key?: string) {
  const answer = await call(home, target, operation, body, key);
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.body}`);
  const service = models[target];
  if (isPrivate(service, operation)) return { answer: answer.json, findings: [] };
  const findings = [
    ...judgeRequest(modelOf(service), operation, body),
    ...judgeAnswer(modelOf(service), operation, answer.json),
  ].filter(({ path }) => !privateMembers.some((one) => one.service === service && one.name === path));
  return { answer: answer.json, findings: findings.map(said) };
}

test("AWS's models take every request of the lab's clients, and every answer to it", async (t) => {
  const home = new Home();
  home.make("logGroup", { name: "/hits", retentionInDays: 30 });
  const role = home.nodeRole();
  const activation = home.make("activation", {
    iamRole: role,
    name: "pi-9",
    tags: { "hybrid:cluster": "home" },
  });
  const service = home.service({
    tags: { a: "b" },
    placementConstraints: [{ type: "memberOf", expression: "attribute:ecs.os-type exists" }],
    taskDefinition: home.taskDefinition(
      [
        home.container({
          environment: [{ name: "A", value: "1" }],
          portMappings: [{ containerPort: 80, hostPort: 8080 }],
          mountPoints: [{ sourceVolume: "data", containerPath: "/data", readOnly: true }],
          healthCheck: { command: ["CMD", "true"], interval: 5, timeout: 2, retries: 3, startPeriod: 0 },
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": "/hits",
              "awslogs-region": "us-east-1",
              "awslogs-stream-prefix": "app",
            },
          },
        }),
      ],
      { volumes: [{ name: "data", hostPath: "/srv" }] },
    ),
  });
  home.nodes[0] && Object.assign(home.nodes[0].attributes, { "ecs.os-type": "linux" });
  home.settle();
  const [node, task] = [home.nodes[0]?.arn ?? "", home.tasks("RUNNING")[0]?.arn ?? ""];
  t.not(task, "");

  const called = new Set<string>();
  const found: string[] = [];
  const ask = async (target: Target, operation: string, body: object, key?: string) => {
    called.add(operation);
    const { answer, findings } = await judged(home, target, operation, body, key);
    found.push(...findings);
    return answer;
  };
  const { InstanceId: id } = await ask(
    "ssm",
    "RegisterManagedInstance",
    {
      ActivationId: activation,
      ActivationCode: home.text("activation", activation, "activationCode"),
      PublicKey: "AAAA",
      PublicKeyType: "Rsa",
      Fingerprint: "f",
    },
    unsigned,
  );
  await ask("ssm", "DescribeInstanceInformation", {
    Filters: [{ Key: "InstanceIds", Values: [String(id)] }],
  });
  await ask("ssm", "DescribeActivations", {});
  await ask("ssm", "PutParameter", { Name: "/hits/token", Value: "v", Type: "SecureString" });
  await ask("ssm", "GetParameter", { Name: "/hits/token", WithDecryption: true });
  await ask("ssm", "GetParameters", { Names: ["/hits/token", "/none"] });

  await ask("ecs", "ListClusters", {});
  await ask("ecs", "DescribeClusters", { clusters: ["home", "none"], include: ["SETTINGS"] });
  await ask("ecs", "ListContainerInstances", { cluster: "home", status: "ACTIVE" });
  await ask("ecs", "DescribeContainerInstances", { cluster: "home", containerInstances: [node] });
  await ask("ecs", "ListServices", { cluster: "home" });
  await ask("ecs", "DescribeServices", { cluster: "home", services: [service, "none"] });
  await ask("ecs", "ListTasks", { cluster: "home", serviceName: "app", desiredStatus: "RUNNING" });
  await ask("ecs", "DescribeTasks", { cluster: "home", tasks: [task] });
  await ask("ecs", "DescribeTaskDefinition", { taskDefinition: "app" });
  await ask("ecs", "ListTaskDefinitions", { familyPrefix: "app" });

  const stream = { logGroupName: "/hits", logStreamName: "app/app/1" };
  await ask("logs", "CreateLogStream", stream);
  await ask("logs", "PutLogEvents", { ...stream, logEvents: [{ timestamp: home.time, message: "hit" }] });
  await ask("logs", "GetLogEvents", { ...stream, startFromHead: true, limit: 10 });
  await ask("logs", "FilterLogEvents", { logGroupName: "/hits", filterPattern: "hit", limit: 10 });
  await ask("logs", "DescribeLogGroups", { logGroupNamePrefix: "/h" });
  await ask("logs", "DescribeLogStreams", {
    logGroupName: "/hits",
    orderBy: "LastEventTime",
    descending: true,
  });
  // Only a group that no stack has made is deleted through the API.
  home.aws.runtime.logs["/aws/unasked"] = {};
  await ask("logs", "DeleteLogGroup", { logGroupName: "/aws/unasked" });
  await ask("ecr", "GetAuthorizationToken", {});

  const policies = ["AmazonSSMManagedInstanceCore", "service-role/AmazonEC2ContainerServiceforEC2Role"];
  for (const policy of policies)
    home.make("rolePolicyAttachment", { role, policyArn: `arn:aws:iam::aws:policy/${policy}` });
  const token = await ask("ssm", "RequestManagedInstanceRoleToken", { Fingerprint: "f" }, String(id));
  // What the lab's agents themselves send, as the node.
  const sent = agentRequests({ instanceId: String(id), containerInstance: node, task, cluster: "home" });
  for (const { target, operation, body } of sent)
    await ask(target, operation, body, String(token.AccessKeyId));
  await ask("ecs", "SubmitContainerStateChange", { cluster: "home" });
  await ask("ecs", "UpdateContainerInstancesState", {
    cluster: "home",
    containerInstances: [node],
    status: "DRAINING",
  });
  await ask("ecs", "DeregisterContainerInstance", { cluster: "home", containerInstance: node, force: true });
  await ask("ssm", "DeregisterManagedInstance", { InstanceId: String(id) });

  t.deepEqual(found, []);
  const operations = jsonApis.flatMap((api) => Object.keys(api.operations));
  t.deepEqual(
    operations.filter((operation) => !called.has(operation)),
    [],
    "an operation that is not called here is not judged",
  );
});
