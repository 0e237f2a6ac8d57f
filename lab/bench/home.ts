/** The program of stack `home`, and the same program without what makes it small, in the same run. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { openStackFile, settings, withStandIns } from "../../tools/stack-file.ts";
import { Aws } from "../aws/aws.ts";
import { account, region } from "../world/topology.ts";
import type { Invoke } from "./monitor.ts";
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
  const empty = await write(
    "empty.mjs",
    `import * as pulumi from "@pulumi/pulumi";\nnew pulumi.ComponentResource("a:b:C", "one");\n`,
  );
  const program = join(project, "index.ts");
  return [
    { name: "as it is", program, nodeArgs },
    { name: 'with all of `import "@pulumi/aws"`', program: whole, nodeArgs },
    { name: "without `nodeargs` (startup.js)", program, nodeArgs: [] },
    { name: "one empty resource: Pulumi's SDK alone", program: empty, nodeArgs: [] },
  ];
}

/** Runs this project's program with one of its stack files, as Pulumi.yaml says; functions are answered by the simulated AWS. */
export async function stackRun(project: string, stack: string): Promise<ProgramRun> {
  const pulumi = parse(await readFile(join(project, "Pulumi.yaml"), "utf8")) as {
    readonly main: string;
    readonly runtime: { readonly options: { readonly nodeargs: string } };
  };
  const file = await openStackFile(project, stack);
  const config: Record<string, string> = { "aws:region": region };
  for (const [key, value] of Object.entries(withStandIns(settings(file))))
    config[`${file.project}:${key}`] = JSON.stringify(value);
  const aws = new Aws({ region, account });
  return {
    program: join(project, pulumi.main),
    nodeArgs: pulumi.runtime.options.nodeargs.split(" "),
    cwd: project,
    project: file.project,
    stack,
    config,
    // The engine itself answers this one: a stack that is not yet up has no resources.
    invoke: (token, args) =>
      token === "pulumi:pulumi:readStackResourceOutputs"
        ? { outputs: {} }
        : (aws.invoke(token, args) as ReturnType<Invoke>),
  };
}

/** @param runs of each program, in turn */
export async function home(project: string, folder: string, runs: number): Promise<Section> {
  const base = await stackRun(project, "home");
  const results = new Map<string, Measured[]>();
  const all = await variants(project, folder, base.nodeArgs ?? []);
  for (let i = 0; i < runs; i++)
    for (const { name, program, nodeArgs } of all)
      results.set(name, [...(results.get(name) ?? []), await measureProgram({ ...base, program, nodeArgs })]);
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
