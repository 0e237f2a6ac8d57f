/**
 * How the lab's ECS agent learns its tasks. This one call is not AWS's: the real agent holds a websocket to ACS. The
 * agent's protocol is `POST /lab/poll`, a long poll.
 */
import { z } from "zod";
import type { Account } from "../account.ts";
import { hasWork, type KnownTask, poll, tasksOfInstance } from "../control/instances.ts";
import { issue } from "../control/managed-instances.ts";
import type { Task } from "../control/model.ts";
import { secretsOf } from "../control/task-secrets.ts";
import { awaitsHealth, ended } from "../control/tasks.ts";
import { type Call, nodeOf, operation, permit } from "./call.ts";

const longestPollSeconds = 20;
/** An agent reports its containers' health with its next poll, so polls are short while a service waits for it. */
const healthPollSeconds = 2;

const shape = z.object({
  containerInstanceArn: z.string(),
  known: z
    .array(
      z.object({
        taskArn: z.string(),
        lastStatus: z.enum(["PENDING", "RUNNING", "STOPPED"]),
        containers: z
          .array(
            z.object({
              name: z.string(),
              lastStatus: z.string().optional(),
              healthStatus: z.enum(["HEALTHY", "UNHEALTHY", "UNKNOWN"]).optional(),
              runtimeId: z
                .string()
                .nullish()
                .transform((v) => v ?? undefined),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

function credentials(aws: Account, roleArn: string | undefined, session: string) {
  if (roleArn === undefined) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = issue(
    aws,
    roleArn.split("/").at(-1) ?? "",
    session,
  );
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration.toISOString(),
    RoleArn: roleArn,
  };
}

function payload(aws: Account, task: Task) {
  const definition = aws.runtime.ecs.definitions[task.taskDefinitionArn];
  if (!definition) return [];
  const secrets = secretsOf(aws, definition);
  if (secrets instanceof Error) {
    ended(aws, task, secrets.message);
    return [];
  }
  const id = task.arn.split("/").at(-1) ?? "";
  return [
    {
      taskArn: task.arn,
      desiredStatus: task.desiredStatus,
      family: definition.family,
      revision: definition.revision,
      networkMode: definition.networkMode,
      volumes: definition.volumes.map(({ name, hostPath }) => ({ name, host: { sourcePath: hostPath } })),
      executionRoleCredentials: credentials(aws, definition.executionRoleArn, id),
      taskRoleCredentials: credentials(aws, definition.taskRoleArn, id),
      containers: definition.containerDefinitions.map((c) => ({
        ...c,
        secrets: c.secrets.map(({ name, valueFrom }) => ({ name, value: secrets.values[valueFrom] ?? "" })),
        registryCredentials: secrets.registries[c.name],
      })),
    },
  ];
}

/** Resolves at the account's next change, or after the given time. */
const nextChange = (aws: Account, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    const forget = aws.onChange(done);
    function done(): void {
      clearTimeout(timer);
      forget();
      resolve();
    }
  });

/**
 * Holds the agent's call until there is work for it: at most 20 s, or 2 s while its health reports are awaited. `gone`
 * aborts when the agent hangs up.
 */
export async function longPoll(call: Call, gone: AbortSignal): Promise<unknown> {
  const { aws } = call;
  permit(call, "ecs:Poll", "*");
  nodeOf(call);
  let asked: { containerInstanceArn: string; known: KnownTask[] } | undefined;
  operation(shape, (_, body) => {
    asked = body;
  })(call);
  if (!asked) return { tasks: [] };
  const { containerInstanceArn, known } = asked;
  const before = aws.runtime.ecs.instances[containerInstanceArn]?.agentConnected;
  let tasks = poll(aws, containerInstanceArn, known);
  // The scheduler runs when the account changes: here because an agent came back, or a task changed.
  if (known.length > 0 || !before) aws.changed();
  const holdSeconds = tasks.some(awaitsHealth) ? healthPollSeconds : longestPollSeconds;
  const until = Date.now() + holdSeconds * 1000;
  while (!hasWork(tasks, known) && Date.now() < until && !gone.aborted) {
    await nextChange(aws, until - Date.now());
    tasks = tasksOfInstance(aws, containerInstanceArn);
  }
  return { tasks: tasks.flatMap((task) => payload(aws, task)) };
}
