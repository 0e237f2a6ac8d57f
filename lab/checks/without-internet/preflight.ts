import { strict as assert } from "node:assert";
import { isGood, type Preflight } from "../../../pi/steps/preflight.ts";
import { labNodes } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { region } from "../../world/topology.ts";
import { check } from "../check.ts";
import { passesPreflight } from "../support/preflight.ts";

/** "How to establish private connectivity for ECS Anywhere" (AWS's blog): its list of endpoints, and of DNS names. */
const services = [
  ...["ecs-agent", "ecs-telemetry", "ecs", "ssm", "ssmmessages", "ec2messages"],
  ...["ecr.dkr", "ecr.api", "s3", "logs"],
];
const names = ["ecs-a*", "ecs-t*", "ecs", "ssm", "ssmmessages", "ec2messages"];

/** Names that the article lists without a line of their own. */
function unlisted({ rows }: Preflight): readonly string[] {
  const matches = (pattern: string) => {
    const [head = "", tail] = pattern.split("*");
    const rest = `.${region}.amazonaws.com`;
    return rows.some(({ name }) =>
      tail === undefined ? name === `${head}${rest}` : name.startsWith(head) && name.endsWith(rest),
    );
  };
  return [
    ...services.filter((service) => !rows.some((row) => row.service === service)),
    ...names.filter((name) => !matches(name)),
  ];
}

export default check({
  title: "Every node measured its way to every endpoint, and each of the article's names has a row",
  details: "The measurements are in the stack's output and show no fault, and the node's own program agrees",
  after: "site-names",
  run: async () => {
    const { outputs } = await carryOut({ operation: "outputs", stack: "lab" });
    const byNode = outputs.preflight as Readonly<Record<string, Preflight>>;
    assert.deepEqual(
      Object.keys(byNode).toSorted(),
      labNodes()
        .map(({ name }) => name)
        .toSorted(),
    );
    const all = Object.entries(byNode).flatMap(([node, preflight]) => {
      assert.deepEqual(unlisted(preflight), [], `${node}: without a line`);
      return preflight.rows.map((row) => ({ node, ...row }));
    });
    assert.deepEqual(
      all.filter((row) => !isGood(row)),
      [],
    );
    const measured = all.filter(({ result }) => result === "ok");
    const smallest = (of: (row: (typeof all)[number]) => number | undefined) =>
      Math.min(...measured.map((row) => of(row) ?? Number.NaN));
    const segment = smallest((row) => row.maxSegmentBytes);
    const carried = Math.min(
      smallest((row) => row.sentBytes),
      smallest((row) => row.receivedBytes),
    );
    assert(carried > segment, `${carried} bytes do not fill a segment of ${segment}`);
    const took = await Promise.all(labNodes().map(({ name }) => passesPreflight(name)));
    return `${all.length} lines of ${labNodes().length} nodes, segments of ${segment} bytes and more; by hand in ${took.join(" and ")} s`;
  },
});
