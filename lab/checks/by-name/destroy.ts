import { strict as assert } from "node:assert";
import { cloud } from "../../cloud.ts";
import { firstNode, labHosts } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { changeSettings, labConfig } from "../../settings.ts";
import { stopHost } from "../../world/host.ts";
import { check } from "../check.ts";
import { changesSinceBare } from "../support/snapshot.ts";

export default check({
  title: "A pulumi destroy leaves the hosts as they were, also with one of them dead",
  details:
    "Of all that the account can hold (resources, log groups that AWS made, tasks, container and managed instances), nothing is left but a key until its deletion and inactive task definitions. This ends the stack",
  // The living one signs the dead one off.
  nodes: 2,
  run: async () => {
    const dead = firstNode();
    await stopHost(dead.name, "cut");
    const config = await labConfig(changeSettings({ dead: [dead.name] }));
    await carryOut({ operation: "up", stack: "lab", config });
    await carryOut({ operation: "destroy", stack: "lab" });
    const living = labHosts().filter(({ name }) => name !== dead.name);
    const left = await Promise.all(
      living.map(async ({ name }) => (await changesSinceBare(name)).map((line) => `${name}: ${line}`)),
    );
    assert.deepEqual(left.flat(), [], "left on the hosts");
    const account = await cloud.left();
    assert.deepEqual(account.left, [], "left in AWS");
    const fading = account.fading.length;
    return `${living.map(({ name }) => name).join(", ")} bare again, ${dead.name} dead, the account empty but for ${fading} that AWS shows for some time yet`;
  },
});
