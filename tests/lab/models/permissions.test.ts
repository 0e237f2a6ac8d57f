/** What the provider sends, beside the table of permissions: both were written from the provider's source, one without the other. */
import test from "ava";
import { verbs } from "../../../lab/aws/requests/request.ts";
import { kinds } from "../../../lab/aws/services.ts";
import { serviceOf, tagging } from "../../../tools/permissions/authorization.ts";
import { rows } from "../../../tools/permissions/rows.ts";
import { iamPrefix } from "./support/iam.ts";
import { example, recorded } from "./support/recorded.ts";

/** A role's policies are a right on the role, and not in the row of the attachment. */
const grantedOnTheRole = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"];

for (const stack of ["dev", "home", "private"])
  test.serial(`stack ${stack} sends nothing that the table of permissions does not have`, async (t) => {
    const missing = (await recorded({ stack, settings: await example(stack) })).flatMap(
      ({ type, id, inputs, outputs }) => {
        const { creates, create = [], read = [], update = [], delete: deletes = [] } = rows[type] ?? {};
        const tags = tagging[serviceOf(creates ?? create[0] ?? "x:x")];
        const allowed: readonly (string | undefined)[] = [
          creates,
          ...[create, read, update, deletes].flat(),
          ...[tags?.tag ?? [], tags?.untag ?? [], tags?.read ?? []].flat(),
          ...grantedOnTheRole,
        ];
        return verbs
          .flatMap((verb) => kinds.get(type)?.requests(verb, inputs, { id, outputs }) ?? [])
          .map(({ service, operation }) => `${iamPrefix(service)}:${operation}`)
          .filter((action) => !allowed.includes(action))
          .map((action) => `${type}: ${action}`);
      },
    );
    t.deepEqual([...new Set(missing)], []);
  });
