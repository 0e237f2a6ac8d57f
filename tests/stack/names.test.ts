/** The names of a stack, checked together: whatever they are, no two resources have one name, and AWS takes all of them. */
import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import fc from "fast-check";
import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import { withAws } from "../support/mocks.ts";
import { healthyHosts } from "../support/program.ts";

/** The program's own components, roles of their children, steps of a host, and parts that names have in common. */
const words = [
  ...["a", "b", "1", "80", "pi", "web", "to", "from", "forget", "node", "docker", "kernel", "program", "fan"],
  ...["target", "listener", "access", "lb", "tg", "task", "execution", "service", "logs", "exec", "default"],
  ...[
    "cluster",
    "network",
    "vpn",
    "site",
    "endpoints",
    "inbound",
    "outbound",
    "resolver",
    "public",
    "private",
  ],
];

const names = (count: number, pool: readonly string[]) =>
  fc.uniqueArray(
    fc
      .array(fc.constantFrom(...pool), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join("-"))
      .filter((text) => /^[a-z][a-z0-9-]{0,20}$/.test(text) && !text.startsWith("internal-")),
    { minLength: count, maxLength: count },
  );
const pulumiName = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,50}$/);

/** Names that were one: a load balancer with a node, and a step on a host. */
const clashes = [
  { hosts: ["gateway", "a-b", "b", "c"], balancers: ["web", "web-a"] },
  { hosts: ["gateway", "pi", "pi-forget", "docker"], balancers: ["x", "y"], dead: "docker" },
];

let runs = 0;

interface Names {
  readonly project?: string;
  readonly stack?: string;
  readonly hosts: readonly string[];
  readonly services?: readonly string[];
  readonly balancers: readonly string[];
  readonly dead?: string;
}

/** Runs the program of stack `home` with other names. */
async function built({ project = "p", stack = "s", services = ["redis", "hits"], dead, ...given }: Names) {
  const file = await openStackFile(new URL("../..", import.meta.url).pathname, "home");
  const config = withStandIns(settings(file)) as Readonly<Record<string, Readonly<Record<string, object>>>>;
  const hosts = Object.values(config.hosts ?? {}).map((host, i) => [
    given.hosts[i],
    given.hosts[i] === dead ? { ...host, dead: true } : host,
  ]);
  const web = config.loadBalancers?.web;
  const changed = {
    ...config,
    site: { ...config.site, gateway: given.hosts[0] },
    hosts: Object.fromEntries(hosts),
    services: Object.fromEntries(
      Object.values(config.services ?? {}).map((one, i) => [
        services[i],
        { ...one, desiredCount: 1, placement: {} },
      ]),
    ),
    loadBalancers: Object.fromEntries(given.balancers.map((one) => [one, { ...web, service: services[1] }])),
  };
  const aws = await withAws({ project, stack, ssh: healthyHosts });
  pulumi.runtime.setAllConfig({
    "aws:region": "us-east-1",
    ...Object.fromEntries(
      Object.entries(changed).map(([key, value]) => [`${project}:${key}`, JSON.stringify(value)]),
    ),
  });
  runs += 1;
  const run = runs;
  await pulumi.runtime.runInPulumiStack(async () => (await import(`../../index.ts?names=${run}`)).default);
  return aws.registered();
}

function twice(values: readonly string[]): readonly string[] {
  return values.filter((value, i) => values.indexOf(value) < i);
}

for (const one of clashes)
  test.serial(`resources are told apart: ${[...one.hosts, ...one.balancers].join(", ")}`, async (t) => {
    const resources = await built(one);
    t.deepEqual(twice(resources.map(({ urn }) => urn)), []);
  });

test.serial(
  "resources are told apart and AWS takes their names, whatever everything is called",
  async (t) => {
    t.timeout(600_000);
    await fc.assert(
      fc.asyncProperty(
        // Few words, so that names often begin or end alike.
        fc.uniqueArray(fc.constantFrom(...words), { minLength: 2, maxLength: 2 }).chain((two) => {
          const pool = ["a", ...two];
          return fc.record({
            project: pulumiName,
            stack: pulumiName,
            hosts: names(4, pool),
            services: names(2, pool),
            balancers: names(3, pool),
          });
        }),
        async (given) => {
          const resources = await built(given);
          t.deepEqual(twice(resources.map(({ urn }) => urn)), []);
        },
      ),
      { numRuns: 25 },
    );
  },
);
