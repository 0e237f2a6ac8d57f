import { randomInt } from "node:crypto";
import { labHosts } from "../../hosts.ts";
import { changeSettings, labConfig, readSettings } from "../../settings.ts";
import { check } from "../check.ts";
import { finishUp, killAnUp } from "../support/killed-up.ts";

export default check({
  title: "An engine is killed in the middle of an up: the next up succeeds",
  run: async () => {
    // Every step again: a host has four and more.
    const settings = changeSettings({ converge: readSettings().converge + 1 });
    const last = randomInt(1, 4 * labHosts().length + 1);
    const during = await killAnUp(await labConfig(settings), / updating \(/, last);
    return `killed after \`${during}\`; then ${await finishUp()}`;
  },
});
