/** Kills runs of the converge program at their points, one host per point. */
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import type { ScratchRoot } from "./scratch-root.ts";

/** Points that each test tries; `KILL_POINTS=all npm test -- tests/pi/converge-kill.test.ts` tries every one. */
const tried = process.env.KILL_POINTS ?? "2";

/** One test: what is killed, and what must hold then. */
export interface Killing {
  /** Returns a host on which nothing has been done yet. */
  readonly bare: () => ScratchRoot;
  readonly prepare: (host: ScratchRoot) => Promise<unknown>;
  /** Kills a run at its point number N. Returns how many points the run has. */
  readonly kill: (host: ScratchRoot, n: number) => Promise<number>;
  readonly look: (host: ScratchRoot, n: number) => Promise<unknown>;
  readonly timeoutSeconds: number;
}

/** Brings hosts through `prepare`, kills a run on each at a point, and checks the result. */
export async function killed(
  t: ExecutionContext,
  { bare, prepare, kill, look, timeoutSeconds }: Killing,
): Promise<void> {
  t.timeout(tried === "all" ? 3_600_000 : timeoutSeconds * 1000);
  async function visit(n: number): Promise<number> {
    const host = bare();
    try {
      await prepare(host);
      const points = await kill(host, n);
      await look(host, n);
      return points;
    } finally {
      host.remove();
    }
  }
  const points = await visit(Number.POSITIVE_INFINITY);
  t.true(points > 30, `only ${points} points`);
  if (tried === "all") {
    for (let n = 1; n <= points; n += 1) await visit(n);
  } else {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: points }), async (n) => void (await visit(n))),
      { numRuns: Number(tried), endOnFailure: true },
    );
  }
}
