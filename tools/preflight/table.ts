/** The measurement of every node, as the stack puts it out, for a terminal. */
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

/** By node: when it measured, and a line for each name. */
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
