/** The resource types that the simulation knows, by Pulumi type token. Any other is an error that says so. */
import type { Kind } from "../kind.ts";
import { metricAlarm } from "./cloudwatch.ts";
import { cluster } from "./ecs-cluster.ts";
import { service } from "./ecs-service.ts";
import { taskDefinition } from "./ecs-task-definition.ts";
import { listener, loadBalancer } from "./elb.ts";
import { vpcEndpoint } from "./endpoints.ts";
import { flowLog } from "./flow-logs.ts";
import { role, rolePolicy, rolePolicyAttachment } from "./iam.ts";
import { alias, key } from "./kms.ts";
import { logGroup } from "./logs.ts";
import { resolverEndpoint } from "./resolver.ts";
import { resolverQueryLogConfig, resolverQueryLogConfigAssociation } from "./resolver-query-logs.ts";
import { resolverRule, resolverRuleAssociation } from "./resolver-rules.ts";
import { eip, internetGateway, natGateway, route, routeTable, routeTableAssociation } from "./routing.ts";
import { defaultSecurityGroup, egressRule, ingressRule, securityGroup } from "./security-groups.ts";
import { activation, parameter } from "./ssm.ts";
import { targetGroup, targetGroupAttachment } from "./target-groups.ts";
import { subnet, vpc } from "./vpc.ts";
import { customerGateway, vpnConnectionRoute, vpnGateway, vpnGatewayRoutePropagation } from "./vpn.ts";
import { vpnConnection } from "./vpn-connection.ts";

const all: readonly Kind[] = [
  vpc,
  subnet,
  routeTable,
  routeTableAssociation,
  route,
  internetGateway,
  eip,
  natGateway,
  vpcEndpoint,
  resolverEndpoint,
  resolverRule,
  resolverRuleAssociation,
  resolverQueryLogConfig,
  resolverQueryLogConfigAssociation,
  securityGroup,
  defaultSecurityGroup,
  ingressRule,
  egressRule,
  flowLog,
  vpnGateway,
  customerGateway,
  vpnConnection,
  vpnConnectionRoute,
  vpnGatewayRoutePropagation,
  logGroup,
  metricAlarm,
  key,
  alias,
  role,
  rolePolicy,
  rolePolicyAttachment,
  activation,
  parameter,
  cluster,
  taskDefinition,
  service,
  loadBalancer,
  listener,
  targetGroup,
  targetGroupAttachment,
];

export const kinds: ReadonlyMap<string, Kind> = new Map(all.map((kind) => [kind.type, kind]));
