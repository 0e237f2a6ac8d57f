/** The program of stack `home`, and the same program without what makes it small, in the same run. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import { Aws } from "../aws/aws.ts";
import { account, region } from "../world/topology.ts";
import { type Measured, measureProgram, type ProgramRun } from "./program.ts";
import { median, type Section } from "./section.ts";

interface Variant {
  readonly name: string;
  readonly program: string;
  readonly nodeArgs: readonly string[];
}

/** Programs to compare, made in a folder of the lab; all run in the project's root. */
async function variants(project: string, folder: string, nodeArgs: readonly string[]): Promise<Variant[]> {
  await mkdir(folder, { recursive: true });
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const index = JSON.stringify(join(project, "index.ts"));
  const whole = await write(
    "whole.mjs",
    `export * from ${index};\nexport const vpc = (await import("@pulumi/aws")).ec2.Vpc;\n`,
  );
  const empty = await write("empty.mjs", `import "@pulumi/pulumi";\n`);
  const without = await write(
    "without-startup.mjs",
    `import module from "node:module";
module.registerHooks({
  load: (url, context, next) =>
    url.endsWith("/startup.ts") ? { format: "module", source: "", shortCircuit: true } : next(url, context),
});\n`,
  );
  const program = join(project, "index.ts");
  return [
    { name: "as it is", program, nodeArgs },
    { name: 'with all of `import "@pulumi/aws"`', program: whole, nodeArgs },
    { name: "without startup.ts and `nodeargs`", program, nodeArgs: ["--import", without] },
    { name: "no program: Pulumi's SDK alone", program: empty, nodeArgs: [] },
  ];
}

/** @param runs of each program, in turn */
export async function home(project: string, folder: string, runs: number): Promise<Section> {
  const aws = new Aws({ region, account });
  const file = await openStackFile(project, "home");
  const config: Record<string, string> = { "aws:region": region };
  for (const [key, value] of Object.entries(withStandIns(settings(file))))
    config[`${file.project}:${key}`] = JSON.stringify(value);
  const options = (await parsePulumiYaml(project)).nodeargs?.split(" ") ?? [];

  const results = new Map<string, Measured[]>();
  const all = await variants(project, folder, options);
  for (let i = 0; i < runs; i++) {
    for (const { name, program, nodeArgs } of all) {
      const run: ProgramRun = {
        ...{ program, nodeArgs, config, cwd: project, project: file.project, stack: "home" },
        invoke: (token, args) => aws.invoke(token, args) as ReturnType<NonNullable<ProgramRun["invoke"]>>,
      };
      results.set(name, [...(results.get(name) ?? []), await measureProgram(run)]);
    }
  }
  const rows = [...results].map(([name, measured]) => [
    name,
    String(measured[0]?.resources ?? 0),
    median(measured.map((m) => m.seconds)).toFixed(2),
    median(measured.map((m) => m.cpuSeconds)).toFixed(2),
    median(measured.map((m) => m.peakMB)).toFixed(0),
  ]);
  return {
    name: "program",
    title: "The program of stack `home`",
    text: `From the start of the process to the last resource registered; median of ${runs} runs each, in turn. Run as the
engine's Node.js language host runs it, against a monitor that registers at once. To reach: 0.8 s and 160 MB.`,
    header: ["program", "resources", "seconds", "processor seconds", "peak MB"],
    rows,
  };
}

async function parsePulumiYaml(project: string): Promise<{ nodeargs?: string }> {
  const { readFile } = await import("node:fs/promises");
  const { runtime } = parse(await readFile(join(project, "Pulumi.yaml"), "utf8")) as {
    runtime: { options: { nodeargs?: string } };
  };
  return runtime.options;
}
