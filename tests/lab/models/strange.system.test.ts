/** Whether the simulated AWS takes what AWS's service models do not: inputs with one strange value in them. */
import test from "ava";
import { changes } from "../../../config/changes.ts";
import { Aws } from "../../../lab/aws/aws.ts";
import { kinds } from "../../../lab/aws/services.ts";
import { settingsOf } from "../../../lab/changes/settings.ts";
import { judgeRequest, said } from "../../../lab/models/judge.ts";
import type { Settings } from "../../support/program.ts";
import { modelOf } from "./support/judged.ts";
import { accountAfter, example } from "./support/recorded.ts";

const texts = ["", "x", "-", "0", "a b", "a\nb", "ü", "€", "x".repeat(300), "x".repeat(3000)];
const numbers = [-1, 0, 1, 70_000, 1e9];

/** Returns values like this one, each with one strange value in it. */
function* strange(value: unknown): Generator<unknown> {
  if (typeof value === "string") yield* texts;
  else if (typeof value === "number") yield* numbers;
  else if (Array.isArray(value)) {
    yield [];
    yield Array(60).fill(value[0]);
    for (const [i, one] of value.entries()) for (const other of strange(one)) yield value.with(i, other);
  } else if (typeof value === "object" && value !== null)
    for (const [key, one] of Object.entries(value))
      for (const other of strange(one)) yield { ...value, [key]: other };
}

/** Rows of the table of changes that make what the examples do not. */
const more = [
  "network.natGateways",
  "network.flowLogs",
  "services.NAME.statements",
  "services.NAME.policies",
  "services.NAME.secrets.NAME",
  "loadBalancers.NAME.type",
] as const;

const worlds: Readonly<Record<string, () => Promise<Settings>>> = {
  home: () => example("home"),
  private: () => example("private"),
  changes: async () =>
    settingsOf(
      more.map((field, i) => ({ row: changes[field], name: `own-${i}` })),
      "to",
    ) as unknown as Settings,
};

for (const [stack, given] of Object.entries(worlds))
  test.serial(
    `the simulated AWS takes nothing strange in stack ${stack} that AWS's models do not`,
    async (t) => {
      t.timeout(600_000);
      const aws = await accountAfter({ stack, settings: await given() });
      const { region, account } = aws;
      const state = JSON.stringify(aws);
      const seen = new Set<string>();
      const found = new Set<string>();
      for (const { type, id, key, inputs, outputs } of aws.resources()) {
        const kind = kinds.get(type);
        const form = `${type} ${Object.keys(inputs).sort().join(" ")}`;
        if (!kind || seen.has(form)) continue;
        seen.add(form);
        for (const [input, value] of Object.entries(inputs))
          for (const other of strange(value)) {
            const given = { ...inputs, [input]: other };
            if (kind.check(given, []).length > 0) continue;
            const findings = kind
              .requests("create", given, { id, outputs })
              .flatMap((sent) => judgeRequest(modelOf(sent.service), sent.operation, sent.input));
            if (findings.length === 0) continue;
            const before = JSON.parse(state);
            const without = new Aws({ region, account });
            without.restore({
              ...before,
              resources: before.resources.filter((r: { key: string }) => r.key !== key),
            });
            try {
              without.create(type, given);
            } catch {
              continue;
            }
            for (const finding of findings) found.add(`${type}: ${said(finding).slice(0, 200)}`);
          }
      }
      t.deepEqual([...found].sort(), []);
    },
  );
