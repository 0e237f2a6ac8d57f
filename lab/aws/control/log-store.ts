/** CloudWatch Logs: streams and their events. API reference: CreateLogStream, PutLogEvents, GetLogEvents, FilterLogEvents. */
import type { Account } from "../account.ts";
import { AwsError, documented } from "../errors.ts";
import type { LogEvent, LogStream } from "../runtime.ts";
import { logGroup } from "../services/observability/log-group.ts";

/** The simulation drops the oldest events beyond this number, so that a lab that runs for days stays small. */
const eventsKept = 2000;
const streamsKept = 100;
const longestMessage = 256 * 1024;

/** Whether a log group exists: a stack's, or one that AWS itself created. */
export const hasGroup = (aws: Account, group: string): boolean =>
  logGroup.get(aws, group) !== undefined || aws.runtime.logs[group] !== undefined;

function streamsOf(aws: Account, group: string): Record<string, LogStream> {
  if (!hasGroup(aws, group))
    throw new AwsError(
      "ResourceNotFoundException",
      "The specified log group does not exist.",
      documented("Amazon CloudWatch Logs API, PutLogEvents, errors: ResourceNotFoundException"),
    );
  const { logs } = aws.runtime;
  logs[group] ??= {};
  return logs[group];
}

export const streams = (aws: Account, group: string): [name: string, stream: LogStream][] =>
  Object.entries(streamsOf(aws, group));

function streamOf(aws: Account, group: string, name: string): LogStream {
  const stream = streamsOf(aws, group)[name];
  if (!stream)
    throw new AwsError(
      "ResourceNotFoundException",
      "The specified log stream does not exist.",
      documented("Amazon CloudWatch Logs API, PutLogEvents, errors: ResourceNotFoundException"),
    );
  return stream;
}

export function createStream(aws: Account, group: string, name: string): void {
  const all = streamsOf(aws, group);
  if (all[name])
    throw new AwsError(
      "ResourceAlreadyExistsException",
      "The specified log stream already exists",
      documented("Amazon CloudWatch Logs API, CreateLogStream, errors: ResourceAlreadyExistsException"),
    );
  if (!/^[^:*]{1,512}$/.test(name))
    throw new AwsError(
      "InvalidParameterException",
      `1 validation error detected: Value '${name}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*`,
      documented("Amazon CloudWatch Logs API, CreateLogStream: logStreamName"),
    );
  all[name] = { creationTime: aws.now().getTime(), events: [] };
  const oldest = Object.entries(all).sort(([, a], [, b]) => a.creationTime - b.creationTime);
  for (const [old] of oldest.slice(0, Math.max(0, oldest.length - streamsKept))) delete all[old];
}

export interface NewEvent {
  readonly timestamp: number;
  readonly message: string;
}

export function putEvents(aws: Account, group: string, name: string, events: readonly NewEvent[]): void {
  const stream = streamOf(aws, group, name);
  const ingestionTime = aws.now().getTime();
  for (const { timestamp, message } of events)
    stream.events.push({
      timestamp,
      message: message.slice(0, longestMessage),
      ingestionTime,
      // AWS's ids sort by time too; the remaining digits only have to differ.
      eventId: `${String(timestamp).padStart(14, "0")}${aws.ids.text(42, "0123456789")}`,
    });
  stream.events.sort((a, b) => a.timestamp - b.timestamp);
  stream.events.splice(0, Math.max(0, stream.events.length - eventsKept));
}

/** Appends a line of AWS's own to a group. Creates the stream if it is missing, since AWS itself writes to it. */
export function writeLine(aws: Account, group: string, name: string, message: string): void {
  if (!logGroup.get(aws, group)) return;
  if (!streamsOf(aws, group)[name]) createStream(aws, group, name);
  putEvents(aws, group, name, [{ timestamp: aws.now().getTime(), message }]);
}

export interface Window {
  readonly startTime?: number | undefined;
  /** Exclusive. */
  readonly endTime?: number | undefined;
}

const within =
  ({ startTime = 0, endTime = Number.POSITIVE_INFINITY }: Window) =>
  (e: LogEvent) =>
    e.timestamp >= startTime && e.timestamp < endTime;

export const eventsOf = (aws: Account, group: string, name: string, window: Window): LogEvent[] =>
  streamOf(aws, group, name).events.filter(within(window));

/** CloudWatch's filter syntax, plain terms only: all terms must match, quoted or not; `-term` excludes. */
function filter(pattern: string | undefined) {
  const terms = (pattern ?? "").match(/-?"[^"]*"|\S+/g) ?? [];
  const plain = terms.map((t) => ({
    not: t.startsWith("-"),
    text: t.replace(/^-/, "").replace(/^"(.*)"$/, "$1"),
  }));
  return (message: string) => plain.every(({ not, text }) => message.includes(text) !== not);
}

export function filterEvents(
  aws: Account,
  group: string,
  asked: Window & {
    readonly streamNames?: readonly string[] | undefined;
    readonly streamPrefix?: string | undefined;
    readonly pattern?: string | undefined;
  },
): (LogEvent & { readonly logStreamName: string })[] {
  const matches = filter(asked.pattern);
  return streams(aws, group)
    .filter(([name]) => asked.streamNames?.includes(name) ?? name.startsWith(asked.streamPrefix ?? ""))
    .flatMap(([logStreamName, stream]) =>
      stream.events.filter(within(asked)).map((e) => ({ ...e, logStreamName })),
    )
    .filter((e) => matches(e.message))
    .sort((a, b) => a.timestamp - b.timestamp);
}
