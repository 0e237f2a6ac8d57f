/** What AWS refuses halfway, on the real engine: the next `up` finds nothing to do, and one with a refresh does it. */
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import test from "ava";
import { type SimulatedStack, simulatedStack } from "./simulated.ts";

const subnet = (zone: string, vpcId: Vpc["id"], third: number) =>
  new Subnet(`subnet-${zone}`, {
    vpcId,
    cidrBlock: `10.0.${third}.0/24`,
    availabilityZone: `us-east-1${zone}`,
  });

/** A load balancer whose access logs go to a bucket, which refuses them until `allow` is called. */
async function world(t: Parameters<typeof simulatedStack>[0]) {
  let bucket: string | undefined = "logs";
  const engine = await simulatedStack(t, async () => {
    const vpc = new Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
    const subnets = [subnet("a", vpc.id, 1), subnet("b", vpc.id, 2)];
    new LoadBalancer("web", {
      internal: true,
      subnets: subnets.map(({ id }) => id),
      ...(bucket === undefined ? {} : { accessLogs: { bucket, enabled: true } }),
    });
  });
  return { ...engine, log: (to: string | undefined) => (bucket = to) };
}

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::logs/AWSLogs/123456789012/*",
    },
  ],
});

const allow = ({ aws }: Pick<SimulatedStack, "aws">) =>
  aws.create("aws:s3/bucket:Bucket", { bucket: "logs", policy });
const denied = /Access Denied for bucket: logs/;
const logged = ({ aws }: Pick<SimulatedStack, "aws">) =>
  aws.resources("aws:lb/loadBalancer:LoadBalancer").map(({ inputs }) => inputs.accessLogs !== undefined);

test.serial("a create that AWS refuses halfway is finished by `pulumi up --refresh`", async (t) => {
  const stack = await world(t);
  t.regex(await stack.failedUp(), denied);
  // The bridge finds no difference.
  await stack.up();
  t.deepEqual(logged(stack), [false]);
  t.regex(await stack.failedUp({ refresh: true }), denied);
  allow(stack);
  await stack.up({ refresh: true });
  t.deepEqual(logged(stack), [true]);
  t.deepEqual(Object.keys(await stack.up({ refresh: true })), ["same"]);
});

test.serial("an update that AWS refuses is carried out by `pulumi up --refresh`", async (t) => {
  const stack = await world(t);
  stack.log(undefined);
  await stack.up();
  stack.log("logs");
  t.regex(await stack.failedUp(), denied);
  await stack.up();
  t.deepEqual(logged(stack), [false]);
  allow(stack);
  await stack.up({ refresh: true });
  t.deepEqual(logged(stack), [true]);
});
