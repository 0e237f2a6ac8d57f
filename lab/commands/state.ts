import { carryOut } from "../operations.ts";

/** Prints the stack's exported state; its secrets stay encrypted. */
export async function state(): Promise<number> {
  const { outputs } = await carryOut({ operation: "export", stack: "lab" });
  console.log(JSON.stringify(outputs, undefined, 2));
  return 0;
}
