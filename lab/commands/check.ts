import { allChecks, standardChecks } from "../checks/find.ts";
import { checkLab } from "../checks/run.ts";
import { readSettings } from "../settings.ts";
import { locked } from "../world/lock.ts";

/** Runs the named checks, or all that leave the lab as it was. */
export async function check(names: readonly string[]): Promise<number> {
  const known = await allChecks();
  const chosen = names.map((name) => {
    const check = known.find((check) => check.name === name);
    if (!check) {
      throw new Error(
        `check: ${name}: must name a check; choose one of ${known.map(({ name }) => name).join(", ")}`,
      );
    }
    return check;
  });
  const checks = chosen.length > 0 ? chosen : await standardChecks(readSettings().internet);
  return (await locked(() => checkLab(checks))) === 0 ? 0 : 1;
}
