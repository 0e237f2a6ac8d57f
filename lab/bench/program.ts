/** A Pulumi program's own time and memory, run as the engine's Node.js language host runs it. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Invoke, startMonitor } from "./monitor.ts";

export interface Measured {
  readonly resources: number;
  /** From the start of the process to the last resource's registration. */
  readonly seconds: number;
  /** Processor time until then, on all cores: unlike `seconds`, it is little troubled by what else the machine does. */
  readonly cpuSeconds: number;
  /** The most memory the process had in RAM until then. */
  readonly peakMB: number;
  /** What it printed on stdout. */
  readonly output: string;
}

export interface ProgramRun {
  /** Absolute path of the program. */
  readonly program: string;
  readonly project: string;
  readonly stack: string;
  /** Full key → value as the engine hands it over. */
  readonly config: Readonly<Record<string, string>>;
  /** Arguments of `node`, as in Pulumi.yaml's `nodeargs`. */
  readonly nodeArgs?: readonly string[];
  readonly cwd: string;
  /** Answers the functions that the program calls. Default: with nothing. */
  readonly invoke?: Invoke;
  readonly env?: Readonly<Record<string, string>>;
}

const peak = (pid: number) =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/** User and system time; the kernel counts in hundredths of a second. */
function cpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** @throws Error with what the program said if it fails */
export async function measureProgram(run: ProgramRun): Promise<Measured> {
  const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run/index.js");
  let atEnd = { peakMB: Number.NaN, cpuSeconds: Number.NaN };
  const monitor = await startMonitor(run.project, run.invoke ?? (() => ({})), () => {
    if (child.pid !== undefined) atEnd = { peakMB: peak(child.pid), cpuSeconds: cpu(child.pid) };
  });
  const args = [
    ...(run.nodeArgs ?? []),
    runner,
    `--monitor=${monitor.address}`,
    `--engine=${monitor.address}`,
    `--project=${run.project}`,
    `--stack=${run.stack}`,
    "--organization=organization",
    "--dry-run=true",
    "--parallel=16",
    run.program,
  ];
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: run.cwd,
    env: { ...process.env, ...run.env, PULUMI_CONFIG: JSON.stringify(run.config) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  monitor.stop();
  if (code !== 0 || monitor.errors.length > 0)
    throw new Error(
      `${run.program} ended with status ${code}: ${[...monitor.errors, said, output].join("\n")}`,
    );
  const seconds = (monitor.lastAt() - start) / 1000;
  return { resources: monitor.registered.length, seconds, ...atEnd, output };
}
