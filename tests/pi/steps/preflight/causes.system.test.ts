/**
 * Every cause, with a real fault: the way between a node and a VPC in network namespaces is broken in one place, and the
 * program that the step puts on a host, run there, names that place. It runs as root, with dnsmasq on this machine or in
 * a root file system named by SERVERS_ROOT.
 */
import { rmSync } from "node:fs";
import test from "ava";
import { preflight, preflightOf } from "../../../../pi/steps/preflight.ts";
import { byLab, need } from "../../../support/needs.ts";
import { ScratchRoot } from "../../../support/scratch-root.ts";
import { cases } from "./cases.ts";
import { certificates, missing, preflightArgs, resolvers, World } from "./world.ts";

need(missing, byLab);

/** Worlds are expensive, and a broken way costs time but no work: a few worlds run side by side, and each is used again. */
const free: World[] = [];
const waiting: ((world: World) => void)[] = [];
let authority = "";

async function inWorld(use: (world: World) => Promise<void>): Promise<void> {
  const world = free.pop() ?? (await new Promise<World>((resolve) => waiting.push(resolve)));
  try {
    await use(world);
  } finally {
    const next = waiting.shift();
    if (next) next(world);
    else free.push(world);
  }
}

const all: World[] = [];
test.before(async (t) => {
  t.timeout(120_000);
  authority = certificates();
  for (let i = 0; i < 5; i++) all.push(new World(`${process.pid}-${i}`, authority));
  await Promise.all(all.map((world) => world.start()));
  free.push(...all);
});
test.after.always(async () => {
  for (const world of all) await world.remove();
  if (authority !== "") rmSync(authority, { recursive: true });
});

for (const { title, args, line, ...way } of cases) {
  test(`${title}: the cause is named`, async (t) => {
    t.timeout(300_000);
    await inWorld(async (world) => {
      await way.break(world);
      try {
        const { status, stdout, stderr } = await world.measure(preflightArgs(args));
        const [table = "", found = ""] = stdout.split("\n\n");
        if (typeof line === "string") t.is(found.trimEnd(), line, table);
        else t.regex(found.trimEnd(), line, table);
        t.is(stderr, "");
        t.is(status, 1);
      } finally {
        await way.mend(world);
        // dnsmasq does not repeat a query whose answer is pending, for ten seconds.
        await world.forward();
      }
    });
  });
}

test("all is well, though one resolver is down: the table has a line for every name", async (t) => {
  t.timeout(300_000);
  await inWorld(async (world) => {
    await world.stop(resolvers[0]);
    const { status, stdout, stderr } = await world.measure(preflightArgs());
    await world.answer(resolvers[0]);
    const [head, ...rows] = stdout.trimEnd().split("\n");
    t.regex(head ?? "", /^name +endpoint +result +resolves to +TCP ms +TLS ms +MSS +up B +down B +clock s$/);
    const good = (name: string, service: string, addresses: string) =>
      new RegExp(`^${name}\\.us-east-1\\.amazonaws\\.com +${service} +ok +${addresses}( +\\d+){6}$`);
    t.is(rows.length, 4, stdout);
    t.regex(rows[0] ?? "", good("s3", "s3", "10\\.9\\.0\\.21,10\\.9\\.1\\.21"));
    t.regex(
      rows[1] ?? "",
      good("prod-us-east-1-starport-layer-bucket.s3", "s3", "10\\.9\\.0\\.21,10\\.9\\.1\\.21"),
    );
    t.regex(rows[2] ?? "", good("ssm", "ssm", "10\\.9\\.0\\.22,10\\.9\\.1\\.22"));
    t.regex(rows[3] ?? "", /^ec2messages\.\S+ +ec2messages +no endpoint +52\.94\.0\.9( +-){6}$/);
    t.is(stderr, "");
    t.is(status, 0);
  });
});

/** A host in the world: a scratch root for its files, the node's network. */
async function converge(world: World, host: ScratchRoot, settleSeconds: number) {
  const step = { ...preflight(preflightArgs()), settleSeconds };
  const { PATH = "" } = host.environment;
  return world.run(["dash", "-s", "--", "converge"], host.program(step), { PATH });
}

test("the step states what it measured, by the host's own program", async (t) => {
  t.timeout(300_000);
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  host.write("/etc/ssl/certs/ca-certificates.crt", "");
  await inWorld(async (world) => {
    const { status, stdout, stderr } = await converge(world, host, 20);
    t.is(status, 0, stderr);
    const result = JSON.parse(stdout);
    t.deepEqual(result.changed, ["/usr/local/lib/ecs-anywhere-hybrid/preflight"]);
    t.regex(result.facts.measuredAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const [row, ...others] = preflightOf(result).rows;
    t.like(row, {
      name: "s3.us-east-1.amazonaws.com",
      service: "s3",
      result: "ok",
      addresses: ["10.9.0.21", "10.9.1.21"],
      maxSegmentBytes: 1448,
    });
    t.true((row?.sentBytes ?? 0) > 2 * 1448 && (row?.receivedBytes ?? 0) > 1448, JSON.stringify(row));
    t.deepEqual(
      others.map(({ service, result }) => `${service} ${result}`),
      ["s3 ok", "ssm ok", "ec2messages no endpoint"],
    );
  });
});

test("the step fails with the cause as its error and the table before it, and leaves nothing", async (t) => {
  t.timeout(300_000);
  const host = new ScratchRoot();
  t.teardown(() => host.remove());
  host.write("/etc/ssl/certs/ca-certificates.crt", "");
  const before = host.snapshot();
  await inWorld(async (world) => {
    world.behave({ silent: true });
    const { status, stdout, stderr } = await converge(world, host, 0);
    world.behave({});
    t.is(status, 1);
    t.is(stdout, "");
    t.regex(stderr, /^ssm\.us-east-1\.amazonaws\.com +ssm +endpoint /m);
    t.regex(
      stderr,
      /^preflight: endpoint \(s3\S+ and 2 more\): 10\.9\.0\.21 of endpoint s3 opens port 443, and then says nothing: must answer TLS; look at /m,
    );
    t.deepEqual(host.snapshot(), before);
  });
});
