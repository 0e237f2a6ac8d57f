import { Aws, type AwsOptions } from "../../../lab/aws/aws.ts";
import type { Properties } from "../../../lab/aws/kind.ts";

/** Short names of the resource types that the tests make. */
export const types = {
  vpc: "aws:ec2/vpc:Vpc",
  subnet: "aws:ec2/subnet:Subnet",
  routeTable: "aws:ec2/routeTable:RouteTable",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  route: "aws:ec2/route:Route",
  igw: "aws:ec2/internetGateway:InternetGateway",
  eip: "aws:ec2/eip:Eip",
  nat: "aws:ec2/natGateway:NatGateway",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  securityGroup: "aws:ec2/securityGroup:SecurityGroup",
  resolver: "aws:route53/resolverEndpoint:ResolverEndpoint",
  resolverRule: "aws:route53/resolverRule:ResolverRule",
  ruleAssociation: "aws:route53/resolverRuleAssociation:ResolverRuleAssociation",
  queryLogs: "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
  queryLogsAssociation: "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  flowLog: "aws:ec2/flowLog:FlowLog",
  vgw: "aws:ec2/vpnGateway:VpnGateway",
  cgw: "aws:ec2/customerGateway:CustomerGateway",
  vpn: "aws:ec2/vpnConnection:VpnConnection",
  vpnRoute: "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
  propagation: "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
  logGroup: "aws:cloudwatch/logGroup:LogGroup",
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
  key: "aws:kms/key:Key",
  role: "aws:iam/role:Role",
  policy: "aws:iam/rolePolicy:RolePolicy",
  attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  activation: "aws:ssm/activation:Activation",
  parameter: "aws:ssm/parameter:Parameter",
  cluster: "aws:ecs/cluster:Cluster",
  taskDefinition: "aws:ecs/taskDefinition:TaskDefinition",
  service: "aws:ecs/service:Service",
  lb: "aws:lb/loadBalancer:LoadBalancer",
  listener: "aws:lb/listener:Listener",
  targetGroup: "aws:lb/targetGroup:TargetGroup",
  target: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
} as const;
export type Short = keyof typeof types;

export const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

export const allow = (actions: string[], resource: string, condition?: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: actions,
        Resource: resource,
        ...(condition ? { Condition: condition } : {}),
      },
    ],
  });

/** An account in which resources are made by short name, as the provider makes them: checked, then created. */
export class Account {
  readonly aws: Aws;
  time = Date.parse("2026-11-21T12:00:00Z");

  constructor(options: Partial<AwsOptions> = {}) {
    this.aws = new Aws({
      region: "us-east-1",
      account: "123456789012",
      seed: "account",
      clock: () => new Date(this.time),
      ...options,
    });
  }

  /** Seconds pass. */
  pass(seconds: number): void {
    this.time += seconds * 1000;
  }

  /** The id. Throws what the provider's check or AWS refuses. */
  make(short: Short, inputs: Properties, name = short as string): string {
    const { inputs: named, failures } = this.aws.check(types[short], name, {}, inputs);
    const [failure] = failures;
    if (failure) throw new Error(`${failure.property}: ${failure.reason}`);
    return this.aws.create(types[short], named).id;
  }

  outputs(short: Short, id: string): Properties {
    return this.aws.read(types[short], id)?.outputs ?? {};
  }

  text(short: Short, id: string, output: string): string {
    return String(this.outputs(short, id)[output]);
  }

  drop(short: Short, id: string): void {
    this.aws.delete(types[short], id);
  }

  vpc(cidrBlock = "10.0.0.0/16"): string {
    return this.make("vpc", { cidrBlock, enableDnsHostnames: true });
  }

  subnets(vpcId: string): [a: string, b: string] {
    const subnet = (n: number, zone: string) =>
      this.make("subnet", { vpcId, cidrBlock: `10.0.${n}.0/24`, availabilityZone: `us-east-1${zone}` });
    return [subnet(1, "a"), subnet(2, "b")];
  }

  /** A VPC with two subnets and a security group. */
  network() {
    const vpcId = this.vpc();
    return { vpcId, subnets: this.subnets(vpcId), group: this.make("securityGroup", { vpcId }) };
  }

  gateways(vpcId: string) {
    return {
      vpnGatewayId: this.make("vgw", { vpcId }),
      customerGatewayId: this.make("cgw", { type: "ipsec.1", ipAddress: "198.51.100.7", bgpAsn: "65000" }),
    };
  }

  vpn(more: Properties = {}): string {
    return this.make("vpn", {
      ...this.gateways(this.vpc()),
      type: "ipsec.1",
      staticRoutesOnly: true,
      ...more,
    });
  }

  /** A target group for the site, and its VPC. */
  targetGroup(more: Properties = {}): string {
    return this.make("targetGroup", {
      name: "hits",
      port: 8080,
      protocol: "TCP",
      targetType: "ip",
      vpcId: this.vpc(),
      ...more,
    });
  }

  nodeRole(): string {
    return this.make("role", { name: "node", assumeRolePolicy: trust("ssm.amazonaws.com") });
  }

  container(more: Properties = {}): Properties {
    return { name: "app", image: "app:1", memory: 64, cpu: 128, ...more };
  }

  /** The ARN of a new revision. */
  taskDefinition(containers: Properties[] = [this.container()], more: Properties = {}): string {
    const { inputs } = this.aws.check(
      types.taskDefinition,
      "td",
      {},
      {
        family: "app",
        networkMode: "bridge",
        requiresCompatibilities: ["EXTERNAL"],
        containerDefinitions: JSON.stringify(containers),
        ...more,
      },
    );
    return String(this.aws.create(types.taskDefinition, inputs).outputs.arn);
  }

  cluster(): string {
    return this.make("cluster", { name: "home" });
  }

  service(more: Properties = {}): string {
    return this.make("service", {
      name: "app",
      cluster: "home",
      launchType: "EXTERNAL",
      desiredCount: 1,
      ...more,
      taskDefinition: more.taskDefinition ?? this.taskDefinition(),
    });
  }
}
