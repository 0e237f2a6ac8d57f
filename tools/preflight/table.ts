/** Shows the measurement of every node, from the stack's output, in a terminal. */
import type { Preflight, PreflightRow } from "../../pi/steps/preflight.ts";
import { grid } from "../grid.ts";

const head = [
  "Name",
  "Endpoint",
  "Result",
  "Resolves to",
  "TCP",
  "TLS",
  "Segment",
  "Sent",
  "Received",
  "Clock",
] as const;

/** Returns for each node the time of its measurement, and one line per name. */
export const tables = (byNode: Readonly<Record<string, Preflight>>): string =>
  Object.entries(byNode)
    .map(
      ([node, { measuredAt, rows }]) =>
        `${node}, measured ${measuredAt}\n\n${grid(
          [head, ...rows.map(cells)],
          head.map((_, i) => i > 3),
        )}`,
    )
    .join("\n\n");

const cells = (row: PreflightRow): string[] => [
  row.name,
  row.service,
  row.result,
  row.addresses.join(", "),
  quantity(row.tcpMilliseconds, "ms"),
  quantity(row.tlsMilliseconds, "ms"),
  quantity(row.maxSegmentBytes, "B"),
  quantity(row.sentBytes, "B"),
  quantity(row.receivedBytes, "B"),
  quantity(row.clockSeconds, "s"),
];

const quantity = (value: number | undefined, unit: string) => (value === undefined ? "" : `${value} ${unit}`);
