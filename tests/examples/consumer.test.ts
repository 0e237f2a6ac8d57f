import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import type { HybridOutputs } from "../../outputs.ts";

/** The outputs of a stack `home`; the consumer is type-checked against the same interface. */
const outputs: HybridOutputs = {
  region: "us-east-1",
  vpc: {
    id: "vpc-0a1b2c3d4e5f60718",
    cidr: "10.0.0.0/16",
    privateSubnetIds: ["subnet-0a1b2c3d4e5f60718"],
    publicSubnetIds: [],
    routeTableIds: { "us-east-1a": "rtb-0a1b2c3d4e5f60718", "us-east-1b": "rtb-0a1b2c3d4e5f60719" },
  },
  vpn: {
    gatewayId: "vgw-0a1b2c3d4e5f60718",
    connectionId: "vpn-0a1b2c3d4e5f60718",
    tunnels: {
      tunnel1: { address: "203.0.113.17", state: "UP" },
      tunnel2: { address: "203.0.113.33", state: "UP" },
    },
  },
  endpoints: {},
  resolver: { inboundAddresses: [] },
  dnsSnippet: "",
  cluster: {
    name: "home",
    arn: "arn:aws:ecs:us-east-1:123456789012:cluster/home",
    nodeRoleName: "cluster-node-0a1b2c3",
    keyArn: "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    execLogGroup: "/ecs/home/exec",
  },
  nodes: {
    "pi-1": {
      address: "192.168.1.101",
      managedInstanceId: "mi-0a1b2c3d4e5f60718",
      containerInstanceArn: "arn:aws:ecs:us-east-1:123456789012:container-instance/home/0a1b",
    },
  },
  preflight: {},
  temperatures: {},
  services: {},
  loadBalancers: {
    web: {
      arn: "arn:aws:elasticloadbalancing:x",
      dnsName: "web.example.com",
      url: "http://web.example.com",
      targetGroupArn: "arn:aws:elasticloadbalancing:y",
      securityGroupId: "sg-0a1b2c3d4e5f60718",
    },
  },
};

test("the consumer keeps the page's address in Parameter Store", async (t) => {
  const made: pulumi.runtime.MockResourceArgs[] = [];
  let kept = (_: pulumi.runtime.MockResourceArgs) => {};
  const keeps = new Promise<pulumi.runtime.MockResourceArgs>((resolve) => {
    kept = resolve;
  });
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        made.push(args);
        if (args.type === "aws:ssm/parameter:Parameter") kept(args);
        const state =
          args.type === "pulumi:pulumi:StackReference" ? { ...args.inputs, outputs } : args.inputs;
        return { id: `${args.name}-id`, state };
      },
      call: () => ({}),
    },
    "home-page",
    "test",
  );
  pulumi.runtime.setAllConfig({ "home-page:home": "acme/ecs-anywhere-hybrid/home" });
  const { pageUrl, nodeAddresses } = await import("../../examples/consumer/index.ts");
  const [url, addresses] = await new Promise<readonly [string, string[]]>((resolve) => {
    pulumi.all([pageUrl, nodeAddresses]).apply((values) => resolve(values));
  });
  t.is(url, "http://web.example.com");
  t.deepEqual(addresses, ["192.168.1.101"]);
  const reference = made.find(({ type }) => type === "pulumi:pulumi:StackReference");
  t.is(reference?.inputs.name, "acme/ecs-anywhere-hybrid/home");
  const { inputs } = await keeps;
  t.is(inputs.name, "/home/page");
  // The provider treats every parameter as a secret.
  t.is(inputs.value.value ?? inputs.value, "http://web.example.com");
});
