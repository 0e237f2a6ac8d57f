import test from "ava";
import { labAccessKey } from "../../../lab/aws/api/call.ts";
import { dispatch } from "../../../lab/aws/api/dispatch.ts";
import { putMetric } from "../../../lab/aws/control/telemetry.ts";
import { Account } from "./account.ts";
import { call, unsigned } from "./client.ts";

test("an answer has AWS's headers", async (t) => {
  const answer = await call(new Account(), "ecs", "ListClusters", {});
  t.is(answer.status, 200);
  t.is(answer.headers["content-type"], "application/x-amz-json-1.1");
  t.regex(answer.headers["x-amzn-requestid"] ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  t.deepEqual(answer.json, { clusterArns: [] });
});

for (const [title, operation, body, key, status, wanted] of [
  [
    "unknown operation",
    "FlyToTheMoon",
    {},
    labAccessKey.accessKeyId,
    400,
    {
      __type: "UnknownOperationException",
      message:
        "the simulated AWS does not know the operation AmazonEC2ContainerServiceV20141113.FlyToTheMoon",
    },
  ],
  [
    "unknown cluster",
    "ListTasks",
    { cluster: "nope" },
    labAccessKey.accessKeyId,
    400,
    { __type: "ClusterNotFoundException", message: "Cluster not found." },
  ],
  [
    "unsigned",
    "ListClusters",
    {},
    unsigned,
    403,
    { __type: "MissingAuthenticationTokenException", message: "Request is missing Authentication Token" },
  ],
  [
    "unknown key",
    "ListClusters",
    {},
    "AKIASOMEBODYELSE0001",
    400,
    {
      __type: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    },
  ],
] as const)
  test(`refused: ${title}`, async (t) => {
    const answer = await call(new Account(), "ecs", operation, body, key);
    t.is(answer.status, status);
    t.deepEqual(answer.json, wanted);
  });

test("GetCallerIdentity names the caller", async (t) => {
  const { aws } = new Account();
  const answer = await dispatch(aws, {
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${labAccessKey.accessKeyId}/x` },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  t.regex(answer.body, /<Account>123456789012<\/Account>/);
});

test("parameters are written and read", async (t) => {
  const account = new Account();
  const put = (Value: string, Overwrite: boolean) =>
    call(account, "ssm", "PutParameter", { Name: "/hits/token", Value, Type: "SecureString", Overwrite });
  t.deepEqual((await put("one", false)).json, { Version: 1, Tier: "Standard" });
  t.is((await put("two", false)).json.__type, "ParameterAlreadyExists");
  t.deepEqual((await put("two", true)).json, { Version: 2, Tier: "Standard" });
  const one = await call(account, "ssm", "GetParameter", { Name: "/hits/token", WithDecryption: true });
  t.like(one.json.Parameter, { Name: "/hits/token", Value: "two", Version: 2, Type: "SecureString" });
  const both = await call(account, "ssm", "GetParameters", { Names: ["/hits/token", "/none"] });
  t.deepEqual(both.json.InvalidParameters, ["/none"]);
  t.is((await call(account, "ssm", "GetParameter", { Name: "/none" })).json.__type, "ParameterNotFound");
});

test("logs are written and read as `aws logs tail` reads them", async (t) => {
  const account = new Account();
  const group = { logGroupName: "/hits" };
  const stream = { ...group, logStreamName: "app/app/1" };
  t.is((await call(account, "logs", "CreateLogStream", stream)).json.__type, "ResourceNotFoundException");
  account.make("logGroup", { name: "/hits", retentionInDays: 30 });
  t.is((await call(account, "logs", "CreateLogStream", stream)).status, 200);
  t.is(
    (await call(account, "logs", "CreateLogStream", stream)).json.__type,
    "ResourceAlreadyExistsException",
  );
  const logEvents = ["hit 1", "hit 2", "error: redis is away"].map((message, i) => ({
    timestamp: account.time + i,
    message,
  }));
  t.truthy((await call(account, "logs", "PutLogEvents", { ...stream, logEvents })).json.nextSequenceToken);
  const filtered = await call(account, "logs", "FilterLogEvents", { ...group, filterPattern: "hit" });
  t.deepEqual(
    (filtered.json.events as { message: string }[]).map((e) => e.message),
    ["hit 1", "hit 2"],
  );
  const first = await call(account, "logs", "GetLogEvents", { ...stream, limit: 2, startFromHead: true });
  t.deepEqual(
    (first.json.events as { message: string }[]).map((e) => e.message),
    ["hit 1", "hit 2"],
  );
  const rest = await call(account, "logs", "GetLogEvents", {
    ...stream,
    nextToken: first.json.nextForwardToken,
  });
  t.deepEqual(
    (rest.json.events as { message: string }[]).map((e) => e.message),
    ["error: redis is away"],
  );
  const end = await call(account, "logs", "GetLogEvents", {
    ...stream,
    nextToken: rest.json.nextForwardToken,
  });
  t.deepEqual(end.json.events, []);
  t.is(end.json.nextForwardToken, rest.json.nextForwardToken);
  const groups = await call(account, "logs", "DescribeLogGroups", { logGroupNamePrefix: "/h" });
  t.like((groups.json.logGroups as object[])[0], { logGroupName: "/hits", retentionInDays: 30 });
  const streams = await call(account, "logs", "DescribeLogStreams", {
    ...group,
    orderBy: "LastEventTime",
    descending: true,
  });
  t.like((streams.json.logStreams as object[])[0], {
    logStreamName: "app/app/1",
    lastEventTimestamp: account.time + 2,
  });
});

test("a log stream stays small after days of writes", async (t) => {
  const account = new Account();
  account.make("logGroup", { name: "/hits" });
  const stream = { logGroupName: "/hits", logStreamName: "a" };
  await call(account, "logs", "CreateLogStream", stream);
  const logEvents = Array.from({ length: 2500 }, (_, i) => ({ timestamp: i, message: String(i) }));
  await call(account, "logs", "PutLogEvents", { ...stream, logEvents });
  const { json } = await call(account, "logs", "GetLogEvents", { ...stream, startFromHead: true });
  const events = json.events as { message: string }[];
  t.is(events.length, 2000);
  t.is(events[0]?.message, "500");
});

test("alarms and metrics are returned in CloudWatch's XML", async (t) => {
  const account = new Account();
  account.make("metricAlarm", {
    name: "tunnel1-down",
    namespace: "AWS/VPN",
    metricName: "TunnelState",
    dimensions: { VpnId: "vpn-1" },
    statistic: "Maximum",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    period: 60,
    evaluationPeriods: 1,
  });
  putMetric(account.aws, "AWS/VPN", "TunnelState", { VpnId: "vpn-1" }, 1);
  const ask = (asked: Record<string, string>) =>
    dispatch(account.aws, {
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${labAccessKey.accessKeyId}/x` },
      body: new URLSearchParams({ Version: "2010-08-01", ...asked }).toString(),
    });
  const alarms = await ask({ Action: "DescribeAlarms", "AlarmNames.member.1": "tunnel1-down" });
  t.regex(alarms.body, /<AlarmName>tunnel1-down<\/AlarmName>.*<StateValue>OK<\/StateValue>/);
  const metric = await ask({
    Action: "GetMetricStatistics",
    Namespace: "AWS/VPN",
    MetricName: "TunnelState",
    "Dimensions.member.1.Name": "VpnId",
    "Dimensions.member.1.Value": "vpn-1",
    StartTime: "2026-11-21T11:00:00Z",
    EndTime: "2026-11-21T13:00:00Z",
  });
  t.regex(metric.body, /<Timestamp>2026-11-21T12:00:00Z<\/Timestamp>.*<Maximum>1<\/Maximum>/);
  t.regex((await ask({ Action: "ListMetrics" })).body, /<Code>InvalidAction<\/Code>/);
});
