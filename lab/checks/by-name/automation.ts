import { strict as assert } from "node:assert";
import { carryOut } from "../../operations.ts";
import { changeSettings, labConfig, readSettings } from "../../settings.ts";
import { check } from "../check.ts";

export default check({
  title: "The stack's own key carries out every step again, with no person's key in the configuration",
  details: "The configuration says `ssh.login: automation`",
  run: async () => {
    const settings = changeSettings({ converge: readSettings().converge + 1 });
    const config = { ...(await labConfig(settings)), ssh: { login: "automation" as const } };
    const { changes } = await carryOut({ operation: "up", stack: "lab", config });
    const { same = 0, update = 0, ...others } = changes;
    assert.deepEqual(others, {}, "only steps were to be sent again");
    assert(update > 0, "no step was sent again");
    await carryOut({ operation: "up", stack: "lab", config: await labConfig(settings) });
    return `${update} steps, ${same} resources the same`;
  },
});
