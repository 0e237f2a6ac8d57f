/**
 * What a change of each field does to a stack that is up: a row per field, by the field's path. docs/reference.md shows it, and
 * `npm run changes` carries out each row, there and back.
 */
import { cluster } from "./changes/cluster.ts";
import { connectivity } from "./changes/connectivity.ts";
import { loadBalancing } from "./changes/load-balancing.ts";
import { network } from "./changes/network.ts";
import { privateConnectivity } from "./changes/private-connectivity.ts";
import type { Field, Row } from "./changes/row.ts";
import { service } from "./changes/service.ts";
import { site } from "./changes/site.ts";
import { stack } from "./changes/stack.ts";

export const changes: Readonly<Record<Field, Row>> = {
  ...network,
  ...site,
  ...connectivity,
  ...privateConnectivity,
  ...cluster,
  ...service,
  ...loadBalancing,
  ...stack,
};
