/** Changes that take their time, and refusals that pass. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Aws } from "../../../lab/aws/aws.ts";
import { Daemon } from "../../../lab/aws/daemon.ts";
import { noDataPlane } from "../../../lab/aws/data-plane/contract.ts";
import { AwsError, guessed } from "../../../lab/aws/errors.ts";
import { atOnce, randomPace } from "../../../lab/aws/front/pace.ts";
import { answer } from "../../../lab/aws/front/provider-calls.ts";
import { deleteInTime } from "../../../lab/aws/front/retries.ts";

/** The names in the order in which their changes begin. */
async function order(seed: number): Promise<readonly string[]> {
  const begun: string[] = [];
  const pace = randomPace(seed, 100);
  const names = Array.from({ length: 8 }, (_, i) => `subnet-${i}`);
  await Promise.all(
    names.map(async (name) => {
      await pace.wait("create", "aws:ec2/subnet:Subnet", name);
      begun.push(name);
    }),
  );
  return begun;
}

test("changes that begin side by side end in another order with another seed, at most 3 s later", async (t) => {
  const begin = Date.now();
  const orders = await Promise.all([order(1), order(2), order(3)]);
  t.true(Date.now() - begin < 3 * 100 + 1000);
  t.true(new Set(orders.map((names) => names.join())).size > 1);
});

const vpc = "aws:ec2/vpc:Vpc";
const refusal = new AwsError("DependencyViolation", "has dependencies and cannot be deleted.", guessed);

/** A deletion that is refused until something else has gone. */
function heldFor(milliseconds: number) {
  const until = Date.now() + milliseconds;
  let tries = 0;
  return {
    tries: () => tries,
    remove: () => {
      tries += 1;
      if (Date.now() < until) throw refusal;
    },
  };
}

test("a deletion is tried again while AWS refuses it for what the provider waits for", async (t) => {
  const held = heldFor(50);
  await deleteInTime(vpc, randomPace(1, 10), held.remove);
  t.true(held.tries() > 1);
});

test("it fails with AWS's refusal once the provider's time is over", async (t) => {
  const held = heldFor(60_000);
  // 300 s of 0.1 ms each.
  await t.throwsAsync(deleteInTime(vpc, randomPace(1, 0.1), held.remove), { is: refusal });
  t.true(held.tries() > 1);
});

test("another refusal, and one of another resource, fail at once", async (t) => {
  const held = heldFor(60_000);
  await t.throwsAsync(deleteInTime("aws:ec2/routeTable:RouteTable", atOnce, held.remove), { is: refusal });
  t.is(held.tries(), 1);
  const wrong = new Error("InvalidVpcID.NotFound");
  const fails = () => {
    throw wrong;
  };
  await t.throwsAsync(deleteInTime(vpc, atOnce, fails), { is: wrong });
});

/** Creates an internet-facing load balancer beside its VPC's internet gateway, or after it. Returns AWS's refusal. */
async function exposed(t: ExecutionContext, seed: number, waits: boolean): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "lab-pace-"));
  const aws = new Aws({ region: "us-east-1", account: "123456789012" });
  const pace = randomPace(seed, 10);
  const daemon = new Daemon({
    aws,
    dataPlane: noDataPlane,
    stateFile: join(folder, "aws.json"),
    pace,
    log: t.log,
  });
  t.teardown(() => rm(folder, { recursive: true }));
  const create = async (type: string, name: string, inputs: object) =>
    ((await answer(daemon, "create", { type: `aws:${type}`, name, inputs })) as { readonly id: string }).id;
  const vpcId = await create("ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });
  const zones = ["us-east-1a", "us-east-1b"];
  const subnets = await Promise.all(
    zones.map((availabilityZone, i) =>
      create("ec2/subnet:Subnet", availabilityZone, { vpcId, cidrBlock: `10.0.${i}.0/24`, availabilityZone }),
    ),
  );
  const gateway = create("ec2/internetGateway:InternetGateway", "internet", { vpcId });
  if (waits) await gateway;
  const balancer = create("lb/loadBalancer:LoadBalancer", "web-lb", {
    name: "web",
    internal: false,
    subnets,
  });
  const [, made] = await Promise.allSettled([gateway, balancer]);
  await daemon.close();
  return made.status === "rejected" ? String(made.reason) : undefined;
}

const seeds = Array.from({ length: 8 }, (_, i) => i + 1);

test("what does not wait for what it needs fails with some seed, and what waits with none", async (t) => {
  const beside = await Promise.all(seeds.map((seed) => exposed(t, seed, false)));
  t.true(beside.some((refusal) => refusal?.includes("InvalidSubnet")));
  t.true(beside.includes(undefined));
  const after = await Promise.all(seeds.map((seed) => exposed(t, seed, true)));
  t.deepEqual(
    after,
    seeds.map(() => undefined),
  );
});
