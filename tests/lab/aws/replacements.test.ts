/**
 * Which changes replace a resource: `ForceNew` in terraform-provider-aws, which decides before AWS is asked. The table says it
 * again, from that repository's schemas (internal/service/…), under their own names, lists in the plural as Pulumi has them.
 */
import test from "ava";
import { kinds } from "../../../lab/aws/services.ts";
import { Account } from "./account.ts";

const forceNew: Readonly<Record<string, readonly [source: string, ...fields: string[]]>> = {
  Certificate: ["acm/certificate.go"],
  LogGroup: ["logs/group.go", "name", "log_group_class"],
  MetricAlarm: ["cloudwatch/metric_alarm.go", "name"],
  CustomerGateway: [
    "ec2/vpnsite_customer_gateway.go",
    ...["bgp_asn", "certificate_arn", "device_name", "ip_address", "type"],
  ],
  DefaultSecurityGroup: ["ec2/vpc_default_security_group.go", "vpc_id"],
  Eip: ["ec2/ec2_eip.go", "domain"],
  FlowLog: [
    "ec2/vpc_flow_log.go",
    ...["iam_role_arn", "log_destination", "log_destination_type", "log_format", "max_aggregation_interval"],
    ...["traffic_type", "vpc_id"],
  ],
  InternetGateway: ["ec2/vpc_internet_gateway.go"],
  NatGateway: ["ec2/vpc_nat_gateway.go", "allocation_id", "connectivity_type", "subnet_id"],
  Route: ["ec2/vpc_route.go", "route_table_id", "destination_cidr_block"],
  RouteTable: ["ec2/vpc_route_table.go", "vpc_id"],
  RouteTableAssociation: ["ec2/vpc_route_table_association.go", "gateway_id", "subnet_id"],
  SecurityGroup: ["ec2/vpc_security_group.go", "description", "name", "vpc_id"],
  Subnet: ["ec2/vpc_subnet.go", "availability_zone", "cidr_block", "vpc_id"],
  Vpc: ["ec2/vpc_.go", "cidr_block"],
  VpcEndpoint: ["ec2/vpc_endpoint.go", "service_name", "vpc_endpoint_type", "vpc_id"],
  VpcIpv4CidrBlockAssociation: ["ec2/vpc_ipv4_cidr_block_association.go", "cidr_block", "vpc_id"],
  VpnConnection: [
    "ec2/vpnsite_connection.go",
    ...["enable_acceleration", "preshared_key_storage", "static_routes_only", "tunnel_bandwidth"],
    ...["tunnel_inside_ip_version", "type"],
  ],
  VpnConnectionRoute: ["ec2/vpnsite_connection_route.go", "destination_cidr_block", "vpn_connection_id"],
  VpnGateway: ["ec2/vpnsite_gateway.go", "amazon_side_asn", "availability_zone"],
  VpnGatewayRoutePropagation: [
    "ec2/vpnsite_gateway_route_propagation.go",
    "route_table_id",
    "vpn_gateway_id",
  ],
  Cluster: ["ecs/cluster.go", "name"],
  Service: [
    "ecs/service.go",
    "cluster",
    "deployment_controller",
    "launch_type",
    "name",
    "scheduling_strategy",
  ],
  TaskDefinition: [
    "ecs/task_definition.go",
    ...["container_definitions", "cpu", "enable_fault_injection", "ephemeral_storage", "execution_role_arn"],
    ...["family", "ipc_mode", "memory", "network_mode", "pid_mode", "placement_constraints"],
    ...["proxy_configuration", "requires_compatibilities", "runtime_platform", "task_role_arn", "volumes"],
  ],
  Policy: ["iam/policy.go", "description", "name", "path"],
  Role: ["iam/role.go", "name", "path"],
  RolePolicy: ["iam/role_policy.go", "name", "role"],
  RolePolicyAttachment: ["iam/role_policy_attachment.go", "policy_arn", "role"],
  Alias: ["kms/alias.go", "name"],
  Key: ["kms/key.go", "customer_master_key_spec", "key_usage", "multi_region"],
  Listener: ["elbv2/listener.go", "load_balancer_arn"],
  LoadBalancer: ["elbv2/load_balancer.go", "internal", "load_balancer_type", "name"],
  TargetGroup: [
    "elbv2/target_group.go",
    ...["ip_address_type", "name", "port", "protocol", "protocol_version", "target_type", "vpc_id"],
  ],
  TargetGroupAttachment: [
    "elbv2/target_group_attachment.go",
    ...["availability_zone", "port", "target_group_arn", "target_id"],
  ],
  ResolverEndpoint: ["route53resolver/endpoint.go", "direction", "security_group_ids"],
  ResolverQueryLogConfig: ["route53resolver/query_log_config.go", "destination_arn", "name"],
  ResolverQueryLogConfigAssociation: [
    "route53resolver/query_log_config_association.go",
    ...["resolver_query_log_config_id", "resource_id"],
  ],
  ResolverRule: ["route53resolver/rule.go", "domain_name", "rule_type"],
  ResolverRuleAssociation: ["route53resolver/rule_association.go", "name", "resolver_rule_id", "vpc_id"],
  Bucket: ["s3/bucket.go", "bucket"],
  Activation: [
    "ssm/activation.go",
    ...["description", "expiration_date", "iam_role", "name", "registration_limit", "tags"],
  ],
  Parameter: ["ssm/parameter.go", "data_type", "name"],
  Secret: ["secretsmanager/secret.go", "name"],
  SecretVersion: ["secretsmanager/secret_version.go", "secret_id", "secret_string"],
  SecurityGroupEgressRule: ["ec2/vpc_security_group_egress_rule.go", "security_group_id"],
  SecurityGroupIngressRule: ["ec2/vpc_security_group_ingress_rule.go", "security_group_id"],
  WebAcl: ["wafv2/web_acl.go", "name", "scope"],
  WebAclAssociation: ["wafv2/web_acl_association.go", "resource_arn", "web_acl_arn"],
};

const camel = (field: string) => field.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

for (const [type, kind] of kinds) {
  const name = type.split(":").at(-1) ?? "";
  test(`the changes that replace a ${name}`, (t) => {
    const [, ...fields] = forceNew[name] ?? ["no row"];
    // Since version 6 of terraform-provider-aws, every regional resource.
    const region = kind.properties.includes("region") ? ["region"] : [];
    t.deepEqual(kind.replaces.toSorted(), [...fields.map(camel), ...region].toSorted());
  });
}

test("a rule whose kind of source changes is replaced, and one with another range is not", (t) => {
  const a = new Account();
  const securityGroupId = a.make("securityGroup", { vpcId: a.vpc() });
  const rule = { securityGroupId, ipProtocol: "tcp", fromPort: 80, toPort: 80 };
  const id = a.make("securityGroupIngressRule", { ...rule, cidrIpv4: "10.0.0.0/16" });
  const replaces = (source: object) =>
    a.plan("securityGroupIngressRule", id, { ...rule, ...source }).replaces;
  t.deepEqual(replaces({ cidrIpv4: "10.1.0.0/16" }), []);
  t.deepEqual(replaces({ prefixListId: "pl-1" }).toSorted(), ["cidrIpv4", "prefixListId"]);
});

test("a VPC becomes dedicated by replacement", (t) => {
  const a = new Account();
  const inputs = { cidrBlock: "10.0.0.0/16" };
  const id = a.make("vpc", inputs);
  t.deepEqual(a.plan("vpc", id, { ...inputs, instanceTenancy: "dedicated" }).replaces, ["instanceTenancy"]);
  const other = a.make("vpc", { ...inputs, instanceTenancy: "dedicated" });
  t.deepEqual(a.plan("vpc", other, inputs).replaces, []);
});

test("an advanced parameter becomes a standard one by replacement", (t) => {
  const a = new Account();
  const inputs = { name: "/a", type: "String", value: "x", tier: "Advanced" };
  const id = a.make("parameter", inputs);
  t.deepEqual(a.plan("parameter", id, { ...inputs, tier: "Standard" }).replaces, ["tier"]);
});

test("the provider does not see attributes of the other kind of load balancer", (t) => {
  const a = new Account();
  const inputs = { name: "web", internal: true, loadBalancerType: "network", subnets: a.subnets(a.vpc()) };
  const id = a.make("loadBalancer", inputs);
  t.false(a.plan("loadBalancer", id, { ...inputs, idleTimeout: 120 }).changes);
  t.true(a.plan("loadBalancer", id, { ...inputs, enableCrossZoneLoadBalancing: true }).changes);
});

test("the order of a tunnel's algorithms does not matter", (t) => {
  const a = new Account();
  const inputs = { ...a.gateways(a.vpc()), type: "ipsec.1", staticRoutesOnly: true };
  const id = a.make("vpnConnection", { ...inputs, tunnel1Phase1DhGroupNumbers: [14, 20] });
  t.false(a.plan("vpnConnection", id, { ...inputs, tunnel1Phase1DhGroupNumbers: [20, 14] }).changes);
});
