/** An `up` on the real engine, with providers that answer at once: what of its time and of its state is the program's. */
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CustomResource } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { StackConfig } from "../../engine/config.ts";
import { findEngine } from "../../engine/engine.ts";
import { startup } from "../../engine/provider-process.ts";
import { labStack } from "../../engine/stack.ts";
import { paths } from "../../world/paths.ts";
import { run } from "../../world/run.ts";

export interface EngineRun {
  readonly resources: number;
  /** Processor time of the engine, without the program and the providers. */
  readonly cpuSeconds: number;
  /** Size of the state's file. */
  readonly stateBytes: number;
}

/** The stack `home` with this many nodes, or this many empty resources, each with this many bytes of the state. */
export type UpAsked = { readonly nodes: number } | { readonly empty: number; readonly bytes: number };

/** Makes the engine write the state once, at the end of an `up`, instead of after each resource. */
const writeOnce = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/** Measures an `up` of a new stack, in a process of its own. */
export async function measureUp(asked: UpAsked, { once = false } = {}): Promise<EngineRun> {
  const program = join(import.meta.dirname, "up.ts");
  const said = await run([process.execPath, `--import=${startup}`, program, JSON.stringify(asked)], {
    timeoutSeconds: 3600,
    env: once ? writeOnce : {},
  });
  return JSON.parse(said.trim().split("\n").at(-1) ?? "") as EngineRun;
}

class Empty extends CustomResource {
  constructor(name: string, text: string) {
    super("command:remote:Empty", name, { text });
  }
}

/** What the state has of a resource besides its inputs, and of the outputs, which are the same. */
const overhead = 600;

export const emptyResources =
  (count: number, bytes: number): PulumiFn =>
  async () => {
    const text = "x".repeat(Math.max(0, Math.floor((bytes - overhead) / 2)));
    for (let i = 0; i < count; i++) new Empty(`empty-${i}`, text);
  };

/** User and system time of all child processes that have ended; the kernel counts in hundredths of a second. */
function ofChildren(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** @param program default: the project's own */
export async function upOnce(config: StackConfig, program?: PulumiFn): Promise<EngineRun> {
  const engine = await findEngine(paths.engine);
  if (!engine) throw new Error("engine: not there; run `npm run lab`, which obtains it");
  const lab = await mkdtemp(join(tmpdir(), "growth-"));
  const instant = join(import.meta.dirname, "../../instant/provider.ts");
  const attach = { aws: [instant, "aws"], command: [instant, "command"] };
  const stack = await labStack({ engine, lab, name: "home", attach, ...(program ? { program } : {}) });
  try {
    await stack.setConfig(config);
    const before = ofChildren();
    const { summary } = await stack.up();
    const cpuSeconds = ofChildren() - before;
    const file = join(lab, "pulumi/state/.pulumi/stacks/ecs-anywhere-hybrid/home.json");
    const { length } = await readFile(file);
    return { cpuSeconds, resources: summary.resourceChanges?.create ?? 0, stateBytes: length };
  } finally {
    await stack.close();
    await rm(lab, { recursive: true, force: true });
  }
}
