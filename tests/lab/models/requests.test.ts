import test from "ava";
import { render, verbs } from "../../../lab/aws/requests/request.ts";
import { retagged, tagSpecifications } from "../../../lab/aws/requests/tags.ts";
import { kinds } from "../../../lab/aws/services.ts";
import { mapValues } from "../../../records.ts";
import { Account, typeOf } from "../aws/account.ts";
import { example, recorded } from "./support/recorded.ts";

for (const stack of ["dev", "home", "private"])
  test.serial(`each resource of stack ${stack} has requests to create, read and delete it`, async (t) => {
    for (const { type, id, inputs, outputs } of await recorded({ stack, settings: await example(stack) })) {
      const kind = kinds.get(type);
      const count = (verb: "create" | "read" | "delete") =>
        kind?.requests(verb, inputs, { id, outputs }).length ?? 0;
      t.true(count("create") > 0, `${type} create`);
      t.true(count("read") > 0, `${type} read`);
      // The provider only forgets the group that AWS creates with every VPC.
      t.is(
        count("delete") > 0,
        type !== "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        `${type} delete`,
      );
    }
  });

test("a VPC's attributes are changed one by one, and only those that a new VPC does not have", (t) => {
  const account = new Account();
  const id = account.vpc();
  const requests = kinds
    .get(typeOf("vpc"))
    ?.requests(
      "create",
      { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, tags: { Name: "n" } },
      { id, outputs: {} },
    );
  t.deepEqual(requests, [
    {
      service: "EC2",
      operation: "CreateVpc",
      input: {
        AmazonProvidedIpv6CidrBlock: false,
        CidrBlock: "10.0.0.0/16",
        InstanceTenancy: "default",
        TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "n" }] }],
      },
    },
    {
      service: "EC2",
      operation: "ModifyVpcAttribute",
      input: { VpcId: id, EnableDnsHostnames: { Value: true } },
    },
  ]);
});

test("an update adds and removes what an endpoint's list does and does not have any more", (t) => {
  const endpoint = (subnetIds: string[]) => ({
    vpcId: "vpc-1",
    serviceName: "com.amazonaws.us-east-1.ssm",
    vpcEndpointType: "Interface",
    subnetIds,
  });
  const made = { id: "vpce-1", outputs: {} };
  const [request] =
    kinds.get(typeOf("vpcEndpoint"))?.requests("update", endpoint(["b", "c"]), made, endpoint(["a", "b"])) ??
    [];
  t.like(request, { operation: "ModifyVpcEndpoint", input: { AddSubnetIds: ["c"], RemoveSubnetIds: ["a"] } });
});

test("a resource without tags sends none, and an update removes tags by their keys", (t) => {
  t.is(tagSpecifications("vpc", undefined), undefined);
  t.is(tagSpecifications("vpc", {}), undefined);
  const made = { id: "arn", outputs: { arn: "arn" } };
  const update = render("ECS", retagged.ecs, { tags: { a: "1" } }, made, { tags: { a: "0", b: "0" } });
  t.deepEqual(
    update.map(({ operation, input }) => [operation, input]),
    [
      ["UntagResource", { resourceArn: "arn", tagKeys: ["b"] }],
      ["TagResource", { resourceArn: "arn", tags: [{ key: "a", value: "1" }] }],
    ],
  );
});

test("a request of another service says which", (t) => {
  const balancer = kinds.get(typeOf("loadBalancer"));
  t.true(balancer?.operations("delete").includes("EC2: DescribeNetworkInterfaces"));
  t.true(balancer?.operations("delete").includes("Elastic Load Balancing v2: DeleteLoadBalancer"));
});

/** What only the provider itself acts on. */
const ofTheProvider = [
  "region",
  "skipDestroy",
  "waitForSteadyState",
  "triggers",
  "forceDetachPolicies",
  "revokeRulesOnDelete",
  "trackLatest",
];

/** Returns another value of the same type. */
function otherThan(value: unknown): unknown {
  if (typeof value === "string") return `${value}x`;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return value.map(otherThan);
  return mapValues(value as Readonly<Record<string, unknown>>, otherThan);
}

test.serial("each input that a stack gives is in a request, so that a model can judge it", async (t) => {
  const all = [
    ...(await recorded({ stack: "home", settings: await example("home") })),
    ...(await recorded({ stack: "private", settings: await example("private") })),
  ];
  const unsent = all.flatMap(({ type, id, inputs, outputs }) => {
    const kind = kinds.get(type);
    const sent = (given: object) =>
      JSON.stringify(verbs.map((verb) => kind?.requests(verb, { ...given }, { id, outputs })));
    const isSent = ([input, value]: [string, unknown]) => {
      try {
        return sent(inputs) !== sent({ ...inputs, [input]: otherThan(value) });
      } catch {
        // The kind takes one of a few values only.
        return true;
      }
    };
    const given = Object.entries(inputs).filter(
      ([input, value]) => !ofTheProvider.includes(input) && !(Array.isArray(value) && value.length === 0),
    );
    return given.filter((one) => !isSent(one)).map(([input]) => `${type}: ${input}`);
  });
  t.deepEqual([...new Set(unsent)], []);
});
