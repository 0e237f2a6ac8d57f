/** CloudWatch Logs' JSON API (`Logs_20140328`): what Docker's awslogs driver and `aws logs` call. */
import { z } from "zod";
import {
  createStream,
  eventsOf,
  filterEvents,
  hasGroup,
  putEvents,
  streams,
} from "../../control/log-store.ts";
import { AwsError, documented, NotSimulated } from "../../errors.ts";
import { logGroup } from "../../services/observability/log-group.ts";
import { type Call, type JsonApi, operation, permit } from "../call.ts";

const group = z.object({ logGroupName: z.string() });
const groupRef = z.object({ logGroupName: z.string().optional(), logGroupIdentifier: z.string().optional() });
const window = {
  startTime: z.number().optional(),
  endTime: z.number().optional(),
  limit: z.int().optional(),
};

const arnOf = ({ aws }: Call, name: string, stream?: string) =>
  aws.arn("logs", `log-group:${name}${stream === undefined ? "" : `:log-stream:${stream}`}`);

/** Returns the name of a group that is given by name or by ARN. */
const nameOf = (ref: z.output<typeof groupRef>): string =>
  ref.logGroupName ?? ref.logGroupIdentifier?.split(":log-group:").at(-1)?.replace(/:\*$/, "") ?? "";

const describeGroups = operation(
  z.object({
    logGroupNamePrefix: z.string().optional(),
    logGroupNamePattern: z.string().optional(),
    logGroupIdentifiers: z.array(z.string()).optional(),
  }),
  (call, asked) => {
    permit(call, "logs:DescribeLogGroups", "*");
    const { aws } = call;
    const bytes = (name: string) =>
      streamsIn(call, name).reduce(
        (sum, [, s]) => sum + s.events.reduce((n, e) => n + e.message.length + 26, 0),
        0,
      );
    const made = new Map(logGroup.all(aws).map(({ id, inputs }) => [id, inputs]));
    const names = new Set([...made.keys(), ...Object.keys(aws.runtime.logs)]);
    return {
      logGroups: [...names]
        .map((id) => ({ id, inputs: made.get(id) }))
        .filter(
          ({ id }) =>
            id.startsWith(asked.logGroupNamePrefix ?? "") && id.includes(asked.logGroupNamePattern ?? ""),
        )
        .sort((a, b) => a.id.localeCompare(b.id))
        .map(({ id, inputs }) => ({
          logGroupName: id,
          arn: `${arnOf(call, id)}:*`,
          logGroupArn: arnOf(call, id),
          logGroupClass: inputs?.logGroupClass ?? "STANDARD",
          ...(inputs?.retentionInDays ? { retentionInDays: inputs.retentionInDays } : {}),
          ...(inputs?.kmsKeyId === undefined ? {} : { kmsKeyId: inputs.kmsKeyId }),
          metricFilterCount: 0,
          storedBytes: bytes(id),
        })),
    };
  },
);

const streamsIn = ({ aws }: Call, name: string) => (hasGroup(aws, name) ? streams(aws, name) : []);

const deleteGroup = operation(group, (call, { logGroupName }) => {
  permit(call, "logs:DeleteLogGroup", arnOf(call, logGroupName));
  if (logGroup.get(call.aws, logGroupName))
    throw new NotSimulated(
      "InvalidOperation",
      "how to delete a stack's log group in another way than by the stack",
    );
  if (!hasGroup(call.aws, logGroupName))
    throw new AwsError(
      "ResourceNotFoundException",
      "The specified log group does not exist.",
      documented("Amazon CloudWatch Logs API, DeleteLogGroup, errors: ResourceNotFoundException"),
    );
  delete call.aws.runtime.logs[logGroupName];
  call.aws.changed();
  return {};
});

const describeStreams = operation(
  groupRef.extend({
    logStreamNamePrefix: z.string().optional(),
    orderBy: z.string().optional(),
    descending: z.boolean().optional(),
  }),
  (call, asked) => {
    const name = nameOf(asked);
    permit(call, "logs:DescribeLogStreams", arnOf(call, name));
    const found = streams(call.aws, name)
      .filter(([stream]) => stream.startsWith(asked.logStreamNamePrefix ?? ""))
      .map(([logStreamName, { creationTime, events }]) => ({
        logStreamName,
        creationTime,
        arn: arnOf(call, name, logStreamName),
        storedBytes: 0,
        ...(events.length > 0
          ? {
              firstEventTimestamp: events[0]?.timestamp,
              lastEventTimestamp: events.at(-1)?.timestamp,
              lastIngestionTime: events.at(-1)?.ingestionTime,
            }
          : {}),
      }));
    const byTime = asked.orderBy === "LastEventTime";
    found.sort((a, b) =>
      byTime
        ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0)
        : a.logStreamName.localeCompare(b.logStreamName),
    );
    return { logStreams: asked.descending ? found.reverse() : found };
  },
);

const stream = group.extend({ logStreamName: z.string() });

const create = operation(stream, (call, { logGroupName, logStreamName }) => {
  permit(call, "logs:CreateLogStream", arnOf(call, logGroupName, logStreamName));
  createStream(call.aws, logGroupName, logStreamName);
  call.aws.changed();
  return {};
});

const put = operation(
  stream.extend({ logEvents: z.array(z.object({ timestamp: z.number(), message: z.string() })).min(1) }),
  (call, { logGroupName, logStreamName, logEvents }) => {
    permit(call, "logs:PutLogEvents", arnOf(call, logGroupName, logStreamName));
    putEvents(call.aws, logGroupName, logStreamName, logEvents);
    call.aws.changed();
    // Kept for old clients; no longer needed (CloudWatch Logs API reference, 2023).
    return { nextSequenceToken: call.aws.ids.text(56, "0123456789") };
  },
);

/** Returns the events after a token. It holds an event's id, as a position would shift when old events are dropped. */
function after(events: { eventId: string }[], token: string | undefined) {
  const id = token?.slice(2);
  return id === undefined ? events : events.filter((e) => e.eventId > id);
}

const get = operation(
  groupRef.extend({
    logStreamName: z.string(),
    nextToken: z.string().optional(),
    startFromHead: z.boolean().optional(),
    ...window,
  }),
  (call, asked) => {
    const name = nameOf(asked);
    permit(call, "logs:GetLogEvents", arnOf(call, name, asked.logStreamName));
    const all = eventsOf(call.aws, name, asked.logStreamName, asked);
    const limit = asked.limit ?? 10_000;
    const rest = asked.nextToken?.startsWith("f/") ? new Set(after(all, asked.nextToken)) : new Set(all);
    const left = all.filter((e) => rest.has(e));
    const events = asked.startFromHead || asked.nextToken ? left.slice(0, limit) : left.slice(-limit);
    const last = events.at(-1)?.eventId ?? asked.nextToken?.slice(2) ?? "";
    return {
      events: events.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
      nextForwardToken: `f/${last}`,
      nextBackwardToken: `b/${events[0]?.eventId ?? last}`,
    };
  },
);

const filter = operation(
  groupRef.extend({
    logStreamNames: z.array(z.string()).optional(),
    logStreamNamePrefix: z.string().optional(),
    filterPattern: z.string().optional(),
    nextToken: z.string().optional(),
    ...window,
  }),
  (call, asked) => {
    const name = nameOf(asked);
    permit(call, "logs:FilterLogEvents", arnOf(call, name));
    const all = filterEvents(call.aws, name, {
      startTime: asked.startTime,
      endTime: asked.endTime,
      streamNames: asked.logStreamNames,
      streamPrefix: asked.logStreamNamePrefix,
      pattern: asked.filterPattern,
    });
    const from = Number(asked.nextToken ?? 0);
    const events = all.slice(from, from + (asked.limit ?? 10_000));
    const next = from + events.length;
    return { events, searchedLogStreams: [], ...(next < all.length ? { nextToken: String(next) } : {}) };
  },
);

export const logs: JsonApi = {
  target: "Logs_20140328",
  prefix: "logs",
  operations: {
    DescribeLogGroups: describeGroups,
    DescribeLogStreams: describeStreams,
    DeleteLogGroup: deleteGroup,
    CreateLogStream: create,
    PutLogEvents: put,
    GetLogEvents: get,
    FilterLogEvents: filter,
  },
};
