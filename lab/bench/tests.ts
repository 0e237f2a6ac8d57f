/** How long `npm test` takes when nothing is left out. */
import { spawn } from "node:child_process";
import type { Section } from "./section.ts";

/** Runs a command to its end; seconds and exit status. */
export async function timed(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ seconds: number; output: string }> {
  const start = performance.now();
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0)
    throw new Error(`${command} ${args.join(" ")}: ended with status ${code}\n${output.slice(-4000)}`);
  return { seconds: (performance.now() - start) / 1000, output };
}

export async function tests(project: string): Promise<Section> {
  // In CI nothing may be left out.
  const { seconds, output } = await timed("env", ["CI=true", "npm", "test"], project);
  const [, count = "?"] = /(\d+) tests? passed/.exec(output) ?? [];
  const part = (name: string) => new RegExp(`✔ ${name} \\((\\d+) s\\)`).exec(output)?.[1] ?? "?";
  return {
    name: "tests",
    title: "`npm test`",
    text: "With all real servers and the real engine. To reach: 60 s.",
    header: ["part", "seconds"],
    rows: [
      ["type check", part("types")],
      ["lint, format", part("lint and format")],
      [`${count} tests`, part("tests")],
      ["whole, side by side", seconds.toFixed(0)],
    ],
  };
}
