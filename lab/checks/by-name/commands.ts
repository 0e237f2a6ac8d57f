import { strict as assert } from "node:assert";
import { join } from "node:path";
import { labHosts } from "../../hosts.ts";
import { project } from "../../world/paths.ts";
import { CommandError, run } from "../../world/run.ts";
import { check } from "../check.ts";

/** `npm run lab -- …`, as a person has it in a second terminal. */
const lab = (...args: readonly string[]) =>
  run([process.execPath, join(project, "lab/main.ts"), ...args], { cwd: project });

/** What it says when it refuses. */
async function refusal(...args: readonly string[]): Promise<string> {
  const error = await lab(...args).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert(error instanceof CommandError, `${args.join(" ")}: was not refused`);
  return error.message;
}

export default check({
  title: "The commands status, ssh and logs look into a lab at work; state and preview are refused meanwhile",
  run: async () => {
    const said = await lab("status");
    assert.match(said, /^\u2714 home network +stands$/m);
    for (const { name } of labHosts()) {
      assert.match(said, new RegExp(`^\u2714 host ${name} +runs$`, "m"));
      assert.equal((await lab("ssh", name, "hostname")).trim(), name);
    }
    assert.match(
      await refusal("ssh", "pi-0"),
      /ssh: pi-0: must be a host of the lab; choose one of pi-gateway, pi-1/,
    );
    assert.match(await lab("logs", "pulumi"), /^ *pulumi:pulumi:Stack|Updating \(lab\)/m);
    assert.match(
      await refusal("logs", "nothing"),
      /logs: nothing: must be the name of a log; choose one of .*aws/,
    );
    for (const command of [["state"], ["preview", "home"]])
      assert.match(
        await refusal(...command),
        new RegExp(`process ${process.pid} runs the lab on this machine`),
      );
    return `${labHosts().length} hosts; state and preview were refused`;
  },
});
