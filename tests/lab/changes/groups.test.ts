import test from "ava";
import type { Row } from "../../../config/changes/row.ts";
import { changes } from "../../../config/changes.ts";
import { groupsOf } from "../../../lab/changes/groups.ts";
import { settingsOf } from "../../../lab/changes/settings.ts";

const row = (to: Row["to"], ...steps: string[]): Row => ({
  effect: "in place",
  text: "",
  ...(to ? { to } : {}),
  steps,
});

/** The names of the rows in each group. */
const groups = (rows: Readonly<Record<string, Row>>) =>
  groupsOf(Object.entries(rows).map(([name, row]) => ({ name, row }))).map((group) =>
    group.map(({ name }) => name).join(" "),
  );

test("rows that change different settings go together", (t) => {
  t.deepEqual(
    groups({
      image: row({ services: { NAME: { image: "a:2" } } }),
      count: row({ services: { NAME: { desiredCount: 2 } } }),
      logs: row({ cluster: { logRetentionDays: 7 } }),
    }),
    ["image count logs"],
  );
});

test("rows of one setting, and of the forms of a union, do not", (t) => {
  t.deepEqual(
    groups({
      one: row({ cluster: { logRetentionDays: 7 } }),
      other: row({ cluster: { logRetentionDays: 14 } }),
      server: row({ site: { dns: { server: "unbound" } } }),
      elsewhere: row({ site: { dns: { at: "elsewhere", address: "192.168.1.2" } } }),
    }),
    ["one server", "other elsewhere"],
  );
});

test("rows that do different things to one resource do not", (t) => {
  t.deepEqual(
    groups({
      zones: row({ cluster: { logRetentionDays: 7 } }, "update LoadBalancer *"),
      scheme: row({ loadBalancers: { NAME: { scheme: "internet-facing" } } }, "replace LoadBalancer NAME-lb"),
      other: row({ vpn: { logRetentionDays: 7 } }, "update LogGroup vpn-logs"),
    }),
    ["zones other", "scheme"],
  );
});

test("each row of the table is in one group, and its settings are its own", (t) => {
  const rows = Object.entries<Row>(changes).map(([field, row], i) => ({ field, row, name: `row-${i}` }));
  const all = groupsOf(rows);
  t.deepEqual(
    all.flatMap((group) => group.map(({ field }) => field)).toSorted(),
    Object.keys(changes).toSorted(),
  );
  t.true(all.length < rows.length / 5);
});

test("an entry after a rename has the address that it had before", (t) => {
  const rows = [{ name: "own", row: changes["hosts.NAME.formerly"] }];
  const [from, to] = [settingsOf(rows, "from"), settingsOf(rows, "to")];
  t.is(from.hosts.own?.address, to.hosts["own-new"]?.address);
  t.is(to.hosts.own, undefined);
});
