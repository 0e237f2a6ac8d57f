import { strict as assert } from "node:assert";
import { rootProgram } from "../../../pi/converge.ts";
import type { Step } from "../../../pi/step.ts";
import { firstNode } from "../../hosts.ts";
import { inHost, startHost, stopHost, waitForHost } from "../../world/host.ts";
import { until } from "../../world/run.ts";
import { check } from "../check.ts";

/** A change that might cut its own way back, and whose confirmation never comes. */
const cutting: Step = {
  name: "cutting",
  files: [{ path: "/etc/cutting", mode: "644", content: "new\n" }],
  verify: "exec sleep 60",
  undo: "rm -f /etc/undone",
  settleSeconds: 0,
  deadMansSwitchSeconds: 60,
};

const run = 'PROGRAM=$(cat) && eval "$PROGRAM"';
const left =
  "ls -d /etc/cutting /var/lib/ecs-anywhere-hybrid/cutting /etc/systemd/system/*cutting* 2>/dev/null || :";

export default check({
  title: "The power goes while a change is unconfirmed: the next boot restores the old state",
  run: async () => {
    const node = firstNode();
    const ended = inHost(node.name, ["sh", "-c", run, "converge", "converge"], rootProgram(cutting)).catch(
      () => "cut off",
    );
    const placed = () =>
      inHost(node.name, ["cat", "/etc/cutting"]).then(
        (text) => (text === "new\n" ? true : undefined),
        () => undefined,
      );
    await until(placed, () => new Error("the change was not made"), { seconds: 20 });
    await stopHost(node.name, "cut");
    assert.equal(await ended, "cut off");
    await startHost(node);
    await waitForHost(node);
    const gone = async () => ((await inHost(node.name, ["sh", "-c", left])) === "" ? true : undefined);
    await until(gone, async () => new Error(`left: ${await inHost(node.name, ["sh", "-c", left])}`), {
      seconds: 90,
    });
    return node.name;
  },
});
