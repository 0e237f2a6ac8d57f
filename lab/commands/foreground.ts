import { spawn } from "node:child_process";

/** Runs a command on this terminal to its end; its exit status. */
export function foreground(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const [command = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
    child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  });
}
