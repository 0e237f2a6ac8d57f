import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { ec2Actions, takesArn } from "../../tools/permissions/authorization.ts";
import { permissionsPage } from "../../tools/permissions/page.ts";
import { managedPolicySize, policiesOf } from "../../tools/permissions/policies.ts";
import { functions, rowOf, rows } from "../../tools/permissions/rows.ts";
import { type Statement, statementsOf } from "../../tools/permissions/statements.ts";
import { type Program, programOf } from "../../tools/program/registered.ts";

const root = new URL("../../", import.meta.url).pathname;

/** One after the other, since Pulumi's SDK has one program per process. */
const programs: readonly Program[] = await ["dev", "home", "private"].reduce<Promise<readonly Program[]>>(
  async (before, stack) => [...(await before), await programOf(root, stack)],
  Promise.resolve([]),
);
const [dev, home, secluded] = programs as readonly [Program, Program, Program];

const find = (program: Program, sid: string): Statement => {
  const found = statementsOf(program).find(({ Sid }) => Sid === sid);
  if (!found) throw new Error(`no statement ${sid}`);
  return found;
};
const actionsOf = (program: Program) => new Set(statementsOf(program).flatMap(({ Action }) => Action));

test("docs/permissions.md is current", async (t) => {
  const committed = await readFile(join(root, "docs/permissions.md"), "utf8");
  t.true(committed === permissionsPage(programs), "run `npm run schema`");
});

test("a resource type that the tables do not know stops the command, and names itself", (t) => {
  t.throws(() => rowOf("aws:sqs/queue:Queue"), {
    message: "tools/permissions/rows: aws:sqs/queue:Queue: must have a row; add its actions",
  });
  const more = {
    ...dev,
    resources: [...dev.resources, { type: "aws:sqs/queue:Queue", name: "q", inputs: {} }],
  };
  t.throws(() => statementsOf(more), { message: /Queue: must have a row/ });
  t.throws(() => statementsOf({ ...dev, functions: ["aws:sqs/getQueue:getQueue"] }), {
    message: /getQueue: must have its actions/,
  });
});

/** Every class and function of AWS's provider that the program imports, as the last part of its token. */
function importedFromAws(): string[] {
  const files = ["components", "stack"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(root, folder, file)),
  );
  return files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/from "@pulumi\/aws\/(.*)\.js"/g)].flatMap(
      ([, path = ""]) => path,
    ),
  );
}

test("whatever the components can make or ask of AWS has its row, and no row is more", (t) => {
  const known = [...Object.keys(rows), ...Object.keys(functions)].map(
    (token) => /^aws:(.*):/.exec(token)?.[1]?.replace(/^index\//, "") ?? token,
  );
  t.deepEqual([...new Set(importedFromAws())].toSorted(), known.toSorted());
});

test("a cluster that exists is looked up, and no other", (t) => {
  const shared = { ...dev, functions: [...dev.functions, "aws:ecs/getCluster:getCluster"] };
  t.deepEqual(find(shared, "DescribeClusters").Resource, [
    "arn:aws:ecs:us-east-1:*:cluster/ecs-anywhere-hybrid-dev",
  ]);
});

test("log groups, the cluster and its services are named", (t) => {
  t.deepEqual(find(dev, "OwnEcs").Resource, [
    "arn:aws:ecs:us-east-1:*:cluster/ecs-anywhere-hybrid-dev",
    "arn:aws:ecs:us-east-1:*:service-deployment/ecs-anywhere-hybrid-dev/hits/*",
    "arn:aws:ecs:us-east-1:*:service-deployment/ecs-anywhere-hybrid-dev/redis/*",
    "arn:aws:ecs:us-east-1:*:service/ecs-anywhere-hybrid-dev/hits",
    "arn:aws:ecs:us-east-1:*:service/ecs-anywhere-hybrid-dev/redis",
    "arn:aws:ecs:us-east-1:*:task-definition/ecs-anywhere-hybrid-dev-hits:*",
    "arn:aws:ecs:us-east-1:*:task-definition/ecs-anywhere-hybrid-dev-redis:*",
  ]);
  t.true(
    find(dev, "OwnLogs").Resource.every((arn) =>
      /:log-group:\/(ecs|aws\/vendedlogs\/vpn|aws\/ecs\/containerinsights)\/ecs-anywhere-hybrid-dev\//.test(
        arn,
      ),
    ),
  );
});

test("what EC2 makes must get the stack's tags, and what changes must have them", (t) => {
  const tags = (on: string) => ({
    StringEquals: { [`aws:${on}/hybrid:project`]: "ecs-anywhere-hybrid", [`aws:${on}/hybrid:stack`]: "home" },
  });
  t.deepEqual(find(home, "ChangeOwnInEc2").Condition, tags("ResourceTag"));
  const creating = statementsOf(home).filter(({ Sid }) => Sid.startsWith("CreateInEc2"));
  for (const { Sid, Action, Resource, Condition } of creating) {
    t.deepEqual(Condition, tags("RequestTag"), Sid);
    // why: a request's tags count for everything in it, so that a subnet with the right tags could be put into any VPC.
    const changed = Action.flatMap((action) => ec2Actions[action as "ec2:x"]?.on ?? []);
    t.deepEqual(
      changed.filter((type) => Resource.some((arn) => arn.endsWith(`:${type}/*`))),
      [],
      Sid,
    );
  }
  t.deepEqual(
    creating.flatMap(({ Action }) => Action).toSorted(),
    [...actionsOf(home)].filter((action) => ec2Actions[action as "ec2:x"]?.makes).toSorted(),
  );
});

test("a role can be given only to the service that it trusts", (t) => {
  const passes = statementsOf(home).filter(({ Action }) => Action.includes("iam:PassRole"));
  t.deepEqual(
    passes.map(({ Resource, Condition }) => [Resource, Condition?.StringEquals?.["iam:PassedToService"]]),
    [
      [["arn:aws:iam::*:role/cluster-node-*"], "ssm.amazonaws.com"],
      [
        ["hits-execution", "hits-task", "redis-execution", "redis-task"].map(
          (role) => `arn:aws:iam::*:role/${role}-*`,
        ),
        "ecs-tasks.amazonaws.com",
      ],
    ],
  );
});

test("only the managed policies of the program can be attached to its roles", (t) => {
  t.deepEqual(find(dev, "AttachRolePolicy").Condition?.ArnEquals, {
    "iam:PolicyARN": [
      "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
      "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
    ],
  });
});

test("`*` is for what takes no ARN only", (t) => {
  for (const program of programs)
    for (const { Sid, Action, Resource } of statementsOf(program))
      if (Resource.includes("*") && Sid !== "CreateWithoutArn")
        t.deepEqual(
          Action.filter((action) => takesArn(action as "ec2:x")),
          [],
          `${program.stack} ${Sid}`,
        );
});

test("a stack has rights only for what it has", (t) => {
  t.false(actionsOf(dev).has("elasticloadbalancing:CreateLoadBalancer"));
  t.false(actionsOf(home).has("route53resolver:CreateResolverEndpoint"));
  t.true(actionsOf(secluded).has("ec2:DescribeVpcEndpointServices"));
  t.false(actionsOf(secluded).has("ec2:CreateInternetGateway"));
});

test("an existing VPC is used by its id, whatever its tags", (t) => {
  const resources = dev.resources.map((resource) =>
    resource.type === "aws:ec2/vpnGateway:VpnGateway"
      ? { ...resource, inputs: { ...resource.inputs, vpcId: "vpc-0123456789abcdef0" } }
      : resource,
  );
  const given = find({ ...dev, resources }, "UseGivenInEc2");
  t.deepEqual(given.Resource, ["arn:aws:ec2:us-east-1:*:vpc/vpc-0123456789abcdef0"]);
  t.true(given.Action.includes("ec2:AttachVpnGateway"));
  t.false(given.Action.includes("ec2:DeleteSubnet"));
});

test("policies have a size that IAM takes, and lose no right by it", (t) => {
  const rights = (statements: readonly Statement[]) =>
    statements
      .flatMap(({ Action, Resource, Condition }) =>
        Resource.map((arn) => JSON.stringify([Action, arn, Condition])),
      )
      .toSorted();
  for (const program of programs)
    for (const size of [managedPolicySize, 2600]) {
      const policies = policiesOf(program, size);
      t.true(
        policies.every((policy) => JSON.stringify(policy).length <= size),
        `${program.stack} ${size}`,
      );
      const all = policies.flatMap(({ Statement }) => Statement);
      t.deepEqual(rights(all), rights(statementsOf(program)));
      t.true(all.every(({ Sid }) => /^[A-Za-z0-9]+$/.test(Sid)));
      t.is(new Set(all.map(({ Sid }) => Sid)).size, all.length, "each has its own name");
    }
});

test("the partition follows the Region", (t) => {
  const { Resource } = find({ ...dev, region: "us-gov-west-1" }, "OwnLogs");
  t.true(Resource.every((arn) => arn.startsWith("arn:aws-us-gov:logs:us-gov-west-1:*:")));
});
