import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { StackConfig } from "../engine/config.ts";
import { carryOut } from "../operations.ts";
import { project } from "../world/paths.ts";

/** `pulumi preview` of one of this project's stack files against the simulated AWS; touches no host. */
export async function preview([stack]: readonly string[]): Promise<number> {
  if (stack === undefined) {
    throw new Error("preview: (missing): names a stack; for example `npm run lab -- preview home`");
  }
  const order =
    stack === "lab"
      ? ({ operation: "preview", stack } as const)
      : ({ operation: "preview", stack, config: configOf(stack) } as const);
  const { changes } = await carryOut(order, console.log);
  console.log(JSON.stringify(changes));
  return 0;
}

function configOf(stack: string): StackConfig {
  const { config } = parse(readFileSync(join(project, `Pulumi.${stack}.yaml`), "utf8"));
  const entries = Object.entries<unknown>(config).flatMap(([key, value]) =>
    key.startsWith("ecs-anywhere-hybrid:") ? [[key.slice("ecs-anywhere-hybrid:".length), value]] : [],
  );
  return Object.fromEntries(entries);
}
