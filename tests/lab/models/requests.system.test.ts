/** AWS's service models judge what the provider sends for everything that this project makes. */
import test from "ava";
import fc from "fast-check";
import { changes } from "../../../config/changes.ts";
import type { Aws } from "../../../lab/aws/aws.ts";
import { verbs } from "../../../lab/aws/requests/request.ts";
import { kinds } from "../../../lab/aws/services.ts";
import { createBelongings } from "../../../lab/changes/belongings.ts";
import { settingsOf } from "../../../lab/changes/settings.ts";
import { tagProblems } from "../../../limits/tags.ts";
import type { Settings } from "../../support/program.ts";
import { findings, modelOf } from "./support/judged.ts";
import { example, recorded, recordedInPart } from "./support/recorded.ts";

test("every operation that a kind names is one of AWS's", (t) => {
  const unknown = [...kinds.values()]
    .flatMap((kind) => verbs.flatMap((verb) => kind.operations(verb)))
    .filter((name) => {
      const [service = "", operation = ""] = name.split(": ");
      return !Object.hasOwn(modelOf(service).operations, operation);
    });
  t.deepEqual(unknown, []);
});

for (const stack of ["dev", "home", "private"])
  test.serial(`AWS's models take every request for stack ${stack}`, async (t) => {
    t.deepEqual(findings(await recorded({ stack, settings: await example(stack) })), []);
  });

/** The rows that change what is sent. */
const rows = Object.entries(changes).filter(
  ([, { effect }]) => !["only on hosts", "nothing", "refused"].includes(effect),
);

/** What rows name, as its owner has made it. */
function prepare(aws: Aws): void {
  createBelongings(aws);
  for (const name of ["shared", "other"]) aws.create("aws:ecs/cluster:Cluster", { name });
}

test.serial("AWS's models take every request before and after each change of the table", async (t) => {
  t.timeout(600_000);
  for (const [field, row] of rows)
    for (const when of ["from", "to"] as const) {
      // Without a patch of its own, `from` is the same stack for all rows.
      if (row[when] === undefined && field !== rows[0]?.[0]) continue;
      const settings = settingsOf([{ row, name: "own" }], when) as unknown as Settings;
      const made = await recordedInPart({ settings, prepare });
      t.true(made.length >= 25, `${field}, ${when}: ${made.length} resources`);
      t.deepEqual(findings(made), [], `${field}, ${when}`);
    }
});

const letters = "abcdefghijklmnopqrstuvwxyz";
const word = (first: string, rest: string, min: number, max: number) =>
  fc
    .tuple(
      fc.constantFrom(...first),
      fc.string({ unit: fc.constantFrom(...rest), minLength: min - 1, maxLength: max - 1 }),
    )
    .map(([head, tail]) => head + tail);
/** Names as long as the schema takes them, most of the time. */
const name = (max: number) =>
  fc.oneof(word(letters, `${letters}0123456789-`, 1, max), word(letters, `${letters}0123456789-`, max, max));
const pulumiName = word(letters.toUpperCase(), `${letters}0123456789-_`, 1, 100);
/** Tags that the rules take, in any script. */
const text = (max: number) =>
  fc.string({ unit: fc.constantFrom(..."aZ0 _.:/=+-@éßΩ漢०"), minLength: 1, maxLength: max });
const tags = fc
  .dictionary(text(128), text(256), { maxKeys: 46 })
  .filter((all) => tagProblems("tags", all).length === 0);

test.serial(
  "AWS's models take every request whatever hosts, services, stacks and projects are called, and with any tags",
  async (t) => {
    t.timeout(600_000);
    const base = JSON.stringify(await example("home"));
    await fc.assert(
      fc.asyncProperty(
        pulumiName,
        pulumiName,
        fc.uniqueArray(name(31), { minLength: 3, maxLength: 3 }),
        name(21).filter((balancer) => !balancer.startsWith("internal-")),
        tags,
        async (project, stack, [gateway = "", node = "", service = ""], balancer, own) => {
          const renamed = base
            .replaceAll("pi-gateway", gateway)
            .replaceAll("pi-1", node)
            .replaceAll('"hits"', JSON.stringify(service))
            .replaceAll('"web"', JSON.stringify(balancer));
          const settings = { ...JSON.parse(renamed), tags: own };
          t.deepEqual(findings(await recorded({ project, stack, settings })), []);
        },
      ),
      { numRuns: 25 },
    );
  },
);
