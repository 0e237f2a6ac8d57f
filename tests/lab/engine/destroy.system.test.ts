/** What a destroy leaves in the account, and that the stack's own policies are enough for it: on the real engine. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import type { Aws } from "../../../lab/aws/aws.ts";
import { accessesFor, isAllowed } from "../../../lab/aws/control/caller.ts";
import { AwsError, guessed } from "../../../lab/aws/errors.ts";
import { leftIn } from "../../../lab/aws/left.ts";
import type { Verb } from "../../../lab/aws/requests/request.ts";
import type { StackConfig } from "../../../lab/engine/config.ts";
import { findEngine } from "../../../lab/engine/engine.ts";
import { instantStack } from "../../../lab/instant/world.ts";
import { openStackFile, settings, withStandIns } from "../../../tools/stack-file.ts";
import { byLab, need } from "../../support/needs.ts";

const root = join(import.meta.dirname, "../../..");
const engine = await findEngine(join(root, ".lab/engine"));
need(engine === undefined ? ["Pulumi engine"] : [], byLab);

/** Returns the policies as the command prints them: in a process of its own, since Pulumi's SDK has one engine per process. */
async function policiesOf(name: string): Promise<readonly string[]> {
  const command = ["--import=./startup.js", "tools/permissions/main.ts", name];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root });
  return stdout.trim().split("\n");
}

/** Makes the account refuse what the policies do not allow. */
function limit(aws: Aws, policies: readonly string[]): void {
  const check = (type: string, id: string, verb: Verb) => {
    const made = aws.resources(type).find((one) => one.id === id);
    for (const access of made ? accessesFor(aws, made, verb) : [])
      if (!isAllowed(policies, access))
        throw new AwsError(
          "UnauthorizedOperation",
          `You are not authorized to perform this operation: ${access.action} on ${access.resource}`,
          guessed,
          403,
        );
  };
  const { create, update, read } = aws;
  const remove = aws.delete;
  aws.create = (type, inputs) => {
    const made = create.call(aws, type, inputs);
    check(type, made.id, "create");
    check(type, made.id, "read");
    return made;
  };
  aws.update = (type, id, ...rest) => {
    check(type, id, "update");
    return update.call(aws, type, id, ...rest);
  };
  aws.read = (type, id, ...rest) => {
    check(type, id, "read");
    return read.call(aws, type, id, ...rest);
  };
  aws.delete = (type, id, ...rest) => {
    check(type, id, "delete");
    remove.call(aws, type, id, ...rest);
  };
}

for (const name of ["dev", "home", "private"])
  test.serial(
    `stack ${name}: up and destroy need no right but those of its policies, and leave nothing that costs`,
    async (t) => {
      t.timeout(900_000);
      if (engine === undefined) throw new Error("no engine");
      const stack = await instantStack({ engine, name });
      t.teardown(() => stack.close());
      const { aws } = stack;
      limit(aws, await policiesOf(name));
      await stack.setConfig(
        withStandIns(settings(await openStackFile(root, name))) as unknown as StackConfig,
      );
      await stack.up();
      await stack.refresh();
      const key = aws.resources("aws:kms/key:Key").map(({ outputs }) => String(outputs.arn));
      const families = aws
        .resources("aws:ecs/taskDefinition:TaskDefinition")
        .map(({ inputs }) => inputs.family);
      await stack.destroy();
      const { left, fading } = leftIn(aws);
      t.deepEqual(left, []);
      const inThirtyDays = new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10);
      t.deepEqual(
        fading.map((line) => line.replace(/:\d+$/, "").replace(/^arn:.*:task-definition\//, "")).toSorted(),
        [...families, ...key.map((arn) => `${arn}, until ${inThirtyDays}`)].toSorted(),
      );
    },
  );

test.serial("an up that is not allowed something says which action", async (t) => {
  t.timeout(900_000);
  if (engine === undefined) throw new Error("no engine");
  const stack = await instantStack({ engine, name: "dev" });
  t.teardown(() => stack.close());
  const policies = (await policiesOf("dev")).map((policy) => policy.replaceAll('"logs:CreateLogGroup",', ""));
  limit(stack.aws, policies);
  await stack.setConfig(withStandIns(settings(await openStackFile(root, "dev"))) as unknown as StackConfig);
  await t.throwsAsync(stack.up(), {
    message: /not authorized to perform this operation: logs:CreateLogGroup on arn:aws:logs:/,
  });
});
