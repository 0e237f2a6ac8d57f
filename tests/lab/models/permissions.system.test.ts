/** AWS's service models know the actions of the table of permissions, which have the names of operations. */
import test from "ava";
import { actionsWithoutOperation } from "../../../lab/models/differences.ts";
import { tagging } from "../../../tools/permissions/authorization.ts";
import { functions, rows } from "../../../tools/permissions/rows.ts";
import { modelOf } from "./support/judged.ts";

/** The SDK's name of a service, by IAM's word for it. */
const services: Readonly<Record<string, string>> = {
  elasticloadbalancing: "Elastic Load Balancing v2",
  logs: "CloudWatch Logs",
  tag: "Resource Groups Tagging API",
};

const actions = new Set([
  ...Object.values(rows).flatMap(({ creates, create = [], read, update = [], delete: deletes }) => [
    ...(creates === undefined ? [] : [creates]),
    ...[create, read, update, deletes].flat(),
  ]),
  ...Object.values(functions).flat(),
  ...Object.values(tagging).flatMap(({ tag, untag, read }) => [...tag, ...untag, ...read]),
]);

const isOperation = (action: string): boolean => {
  const [prefix = "", operation = ""] = action.split(":");
  return Object.hasOwn(modelOf(services[prefix] ?? prefix).operations, operation);
};

test("each action in the table of permissions is an operation of AWS's, or listed as none", (t) => {
  const listed = actionsWithoutOperation.map(({ name }) => name);
  t.deepEqual(
    [...actions].filter((action) => !isOperation(action) && !listed.includes(action)),
    [],
  );
  t.deepEqual(listed.filter(isOperation), []);
});
