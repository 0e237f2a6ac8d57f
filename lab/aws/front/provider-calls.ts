/** The provider process's calls over the unix socket: one JSON call per request, answered when AWS's work is done. */
import { z } from "zod";
import type { Aws } from "../aws.ts";
import { withPlan } from "../bridge.ts";
import type { Daemon } from "../daemon.ts";
import { HalfMade } from "../errors.ts";
import { service } from "../services/service/service.ts";
import { deleteInTime } from "./retries.ts";

const properties = z.record(z.string(), z.unknown());
/** Of the resource in the program. */
const name = z.string().default("");

const calls = {
  check: z.object({ type: z.string(), name: z.string(), olds: properties, news: properties }),
  diff: z.object({ type: z.string(), id: z.string(), olds: properties, news: properties }),
  create: z.object({ type: z.string(), name, inputs: properties }),
  update: z.object({ type: z.string(), name, id: z.string(), olds: properties, news: properties }),
  delete: z.object({ type: z.string(), name, id: z.string(), olds: properties }),
  read: z.object({ type: z.string(), id: z.string(), olds: properties }),
  invoke: z.object({ token: z.string(), args: properties }),
} as const;

/** terraform-provider-aws waits 20 minutes for a service. */
const serviceSeconds = 20 * 60;

/** Carries out one call. Throws AWS's refusals. */
export async function answer(daemon: Daemon, call: string, body: unknown): Promise<unknown> {
  const { aws } = daemon;
  switch (call) {
    case "check": {
      const { type, name, olds, news } = calls.check.parse(body);
      return aws.check(type, name, olds, news);
    }
    case "diff": {
      const { type, id, olds, news } = calls.diff.parse(body);
      return aws.diff(type, id, olds, news);
    }
    case "create": {
      const { type, name, inputs } = calls.create.parse(body);
      await daemon.pace.wait("create", type, name);
      const created = made(aws, type, inputs);
      await finish(daemon);
      if (created.failure !== undefined) return created;
      const waits = type === service.type && inputs.waitForSteadyState === true;
      const failure = waits ? await failureToSettle(daemon, created.id) : undefined;
      const outputs = failure === undefined ? created.outputs : withPlan(created.outputs, inputs);
      return { ...created, outputs, failure };
    }
    case "update": {
      const { type, name, id, olds, news } = calls.update.parse(body);
      await daemon.pace.wait("update", type, name);
      const secrets = aws.secrets(type);
      const failed = (error: unknown) => {
        const outputs = aws.afterFailure(type, id, olds, news);
        if (!outputs) throw error;
        return { outputs, secrets, failure: error instanceof Error ? error.message : String(error) };
      };
      let outputs: Readonly<Record<string, unknown>>;
      try {
        outputs = aws.update(type, id, olds, news);
      } catch (error) {
        return failed(error);
      }
      await finish(daemon);
      const waits = type === service.type && news.waitForSteadyState === true && outputs !== olds;
      const failure = waits ? await failureToSettle(daemon, id) : undefined;
      return failure === undefined ? { outputs, secrets } : failed(new Error(failure));
    }
    case "delete": {
      const { type, name, id, olds } = calls.delete.parse(body);
      await daemon.pace.wait("delete", type, name);
      await deleteInTime(type, daemon.pace, () => aws.delete(type, id, olds));
      await finish(daemon);
      if (type === service.type) await daemon.awaited(id, "gone", serviceSeconds);
      return {};
    }
    case "read": {
      const { type, id, olds } = calls.read.parse(body);
      const found = aws.read(type, id, olds);
      return found ? { ...found, secrets: aws.secrets(type) } : {};
    }
    case "invoke": {
      const { token, args } = calls.invoke.parse(body);
      return aws.invoke(token, args);
    }
    default:
      throw new Error(`the simulated AWS does not know the call ${call}`);
  }
}

/** Creates a resource. The engine must record one that AWS leaves unfinished, too. */
function made(aws: Aws, type: string, inputs: Record<string, unknown>) {
  const secrets = aws.secrets(type);
  try {
    return { ...aws.create(type, inputs), secrets, failure: undefined };
  } catch (error) {
    if (!(error instanceof HalfMade)) throw error;
    const { id, outputs } = error.made;
    return { id, outputs: withPlan(outputs, inputs), secrets, failure: error.message };
  }
}

/** Returns why a service did not become steady. */
const failureToSettle = (daemon: Daemon, id: string): Promise<string | undefined> =>
  daemon.awaited(id, "steady", serviceSeconds).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** Saves to disk before the engine gets the answer, so that no crash forgets what the engine remembers. */
async function finish(daemon: Daemon): Promise<void> {
  await daemon.save();
  await daemon.settled();
}
