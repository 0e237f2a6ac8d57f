import { carryOut } from "../operations.ts";
import { locked } from "../world/lock.ts";

/** Prints the stack's exported state; its secrets stay encrypted. */
export async function state(): Promise<number> {
  const { outputs } = await locked(() => carryOut({ operation: "export", stack: "lab" }));
  console.log(JSON.stringify(outputs, undefined, 2));
  return 0;
}
