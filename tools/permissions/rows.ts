import type { Program } from "../program/registered.ts";
import type { Action, Row, Rows } from "./row.ts";
import { cluster, getCluster } from "./rows/cluster.ts";
import { connectivity } from "./rows/connectivity.ts";
import { loadBalancing } from "./rows/load-balancing.ts";
import { network } from "./rows/network.ts";
import { observability } from "./rows/observability.ts";
import { privateConnectivity } from "./rows/private-connectivity.ts";
import { service } from "./rows/service.ts";

/** Every resource type of AWS that the program makes. */
export const rows: Rows = {
  ...network,
  ...connectivity,
  ...privateConnectivity,
  ...cluster,
  ...service,
  ...loadBalancing,
  ...observability,
};

/** Every function of AWS's provider that the program calls, with its actions. */
export const functions: Readonly<Record<string, readonly Action[]>> = {
  "aws:index/getRegion:getRegion": [],
  "aws:index/getPartition:getPartition": [],
  // AWS asks no permission for it.
  "aws:index/getCallerIdentity:getCallerIdentity": [],
  "aws:ecs/getService:getService": ["ecs:DescribeServices", "ecs:DescribeClusters"],
  // On one cluster, which the row of its activations names.
  [getCluster]: [],
  "aws:kms/getKey:getKey": ["kms:DescribeKey"],
  "aws:resourcegroupstaggingapi/getResources:getResources": ["tag:GetResources"],
  "aws:ec2/getVpcEndpointService:getVpcEndpointService": ["ec2:DescribeVpcEndpointServices"],
  "aws:ec2/getVpc:getVpc": ["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeRouteTables"],
  "aws:ec2/getSubnet:getSubnet": ["ec2:DescribeSubnets"],
  "aws:ec2/getRouteTable:getRouteTable": ["ec2:DescribeRouteTables"],
  "aws:ec2/getVpnGateway:getVpnGateway": ["ec2:DescribeVpnGateways"],
  "aws:ec2/getVpnConnection:getVpnConnection": ["ec2:DescribeVpnConnections"],
  "aws:ec2/getVpcEndpoint:getVpcEndpoint": ["ec2:DescribeVpcEndpoints", "ec2:DescribePrefixLists"],
};

/** Returns a type's row. @throws when there is none: the table is older than the program */
export function rowOf(type: string): Row {
  const row = rows[type];
  if (!row) throw new Error(`tools/permissions/rows: ${type}: must have a row; add its actions`);
  return row;
}

/** Returns the actions of the functions that a program calls. @throws like `rowOf` */
export const actionsOfFunctions = (program: Program): readonly Action[] =>
  program.functions.flatMap((token) => {
    const actions = functions[token];
    if (!actions) throw new Error(`tools/permissions/rows.ts: ${token}: must have its actions; add them`);
    return actions;
  });
