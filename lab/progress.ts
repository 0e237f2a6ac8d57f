/** Shows long work step by step with times; on a failure shows the step, the log and how to go on. */
import { Listr, PRESET_TIMER } from "listr2";
import { paths } from "./world/paths.ts";

export interface LabStep {
  readonly title: string;
  /** A returned text is what was seen, for the step's line. */
  readonly run: (report: (line: string) => void) => Promise<unknown>;
  /** Why the step is skipped, for its line. */
  readonly skip?: string | undefined;
}

export const whereToLook = `What each part said is in ${paths.log} (npm run lab -- logs)`;

export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/** Runs the steps one after the other. Throws StepFailed with the step's title and what went wrong. */
export async function inOrder(steps: readonly LabStep[]): Promise<void> {
  for (const step of steps) {
    const [failure] = await runSteps([step]);
    if (failure) {
      throw new StepFailed(
        `\n${step.title}: ${failure.error.message}\n\n${whereToLook}. Run the command again: it continues from what is there.`,
      );
    }
  }
}

export interface Failure {
  readonly title: string;
  readonly error: Error;
}

/** Runs the steps in turn or in parallel, and goes on after failures; returns the failures. */
export async function runSteps(
  steps: readonly LabStep[],
  { concurrent = false }: { readonly concurrent?: boolean } = {},
): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  const list = new Listr(
    steps.map(({ title, run, skip }) => ({
      title,
      skip: skip ?? false,
      task: async (_: unknown, task: { title: string; output: string }) => {
        try {
          const seen = await run((line) => {
            task.output = line;
          });
          if (typeof seen === "string") {
            task.title = `${title}: ${seen}`;
          }
        } catch (error) {
          failures.push({ title, error: error instanceof Error ? error : new Error(String(error)) });
          throw error;
        }
      },
    })),
    {
      exitOnError: false,
      concurrent,
      fallbackRenderer: "simple",
      rendererOptions: { timer: PRESET_TIMER, collapseErrors: false },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  );
  await list.run();
  return failures;
}

/** Returns the time since then, such as "2.4 s". */
export const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;
