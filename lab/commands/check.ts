import { allChecks, checkLab, standardChecks } from "../checks/run.ts";
import { readSettings } from "../settings.ts";
import { locked } from "../world/lock.ts";

/** Runs the named checks, or all that leave the lab as it was. */
export async function check(names: readonly string[]): Promise<number> {
  const chosen = names.map((name) => {
    const check = allChecks.find((check) => check.name === name);
    if (!check) {
      throw new Error(
        `check: ${name}: no such check; choose of ${allChecks.map(({ name }) => name).join(", ")}`,
      );
    }
    return check;
  });
  const checks = chosen.length > 0 ? chosen : standardChecks(readSettings().internet);
  return (await locked(() => checkLab(checks))) === 0 ? 0 : 1;
}
