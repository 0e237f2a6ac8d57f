/** The measurement as data: the step's facts, the stack's output and the table's rows. */
import type { StepResult } from "../../step.ts";

/** One name that the agents use, as one host reached it. Values that were not measured are missing. */
export interface PreflightRow {
  readonly name: string;
  /** The endpoint's service, for example `ecs-agent`. */
  readonly service: string;
  /** `ok`, `no endpoint` (the VPC has none for this service), or the cause to look at, for example `route`. */
  readonly result: string;
  /** The answer of the host's own resolver. */
  readonly addresses: readonly string[];
  /** Until TCP 443 was open, and until TLS was; of the endpoint's slowest address. */
  readonly tcpMilliseconds?: number;
  readonly tlsMilliseconds?: number;
  /** Bytes in a full segment, without headers, as the kernel uses it on this path; the smallest. */
  readonly maxSegmentBytes?: number;
  /** Bytes that went to AWS in one piece, and that came back in one: more than a segment each. */
  readonly sentBytes?: number;
  readonly receivedBytes?: number;
  /** How far the host's clock is ahead of AWS's. */
  readonly clockSeconds?: number;
}

/** The host's measurement, and when it was made (UTC, ISO 8601). */
export interface Preflight {
  readonly measuredAt: string;
  readonly rows: readonly PreflightRow[];
}

/** Returns whether nothing is wrong with a row. */
export const isGood = ({ result }: PreflightRow): boolean => result === "ok" || result === "no endpoint";

/** Returns the measurement from the facts of the step `preflight`, in the order of its names. */
export function preflightOf({ facts }: Pick<StepResult, "facts">): Preflight {
  const { measuredAt = "", ...rows } = facts;
  return { measuredAt, rows: Object.entries(rows).map(([name, fields]) => row(name, fields)) };
}

/** `fields` as the program prints them behind the name, with tabs between; an empty one was not measured. */
function row(name: string, fields: string): PreflightRow {
  const [service = "", result = "", addresses = "", ...numbers] = fields.split("\t");
  const keys = [
    "tcpMilliseconds",
    "tlsMilliseconds",
    "maxSegmentBytes",
    "sentBytes",
    "receivedBytes",
    "clockSeconds",
  ] as const;
  const measured = keys.flatMap((key, i) => (numbers[i] ? [[key, Number(numbers[i])] as const] : []));
  return {
    name,
    service,
    result,
    addresses: addresses === "" ? [] : addresses.split(","),
    ...Object.fromEntries(measured),
  };
}
