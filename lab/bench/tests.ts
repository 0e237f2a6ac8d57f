/** How long `npm test` takes, and the tests with real servers. */
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
  const run = (...command: string[]) => timed("npm", command, project);
  const unit = await run("test");
  const system = await run("run", "test:system");
  const count = ({ output }: { output: string }) => /(\d+) tests? passed/.exec(output)?.[1] ?? "?";
  const part = (name: string) => new RegExp(`✔ ${name} \\((\\d+) s\\)`).exec(unit.output)?.[1] ?? "?";
  return {
    name: "tests",
    title: "`npm test`",
    text: "To reach: 60 s. `npm run test:system` has the tests of real DNS servers, strongSwan and the Pulumi engine.",
    missed: unit.seconds > 60 ? [`\`npm test\` took ${unit.seconds.toFixed(0)} s, for 60`] : [],
    header: ["part", "seconds"],
    rows: [
      ["type check", part("types")],
      ["lint, format", part("lint and format")],
      [`${count(unit)} tests`, part("tests")],
      ["**whole, side by side**", `**${unit.seconds.toFixed(0)}**`],
      [
        `\`npm run test:system\`: ${count(system)} tests, waiting for real timeouts`,
        system.seconds.toFixed(0),
      ],
    ],
  };
}
