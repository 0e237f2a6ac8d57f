/** Changes that take their time, and refusals that pass. */
import test from "ava";
import { AwsError, guessed } from "../../../lab/aws/errors.ts";
import { atOnce, randomPace } from "../../../lab/aws/front/pace.ts";
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
