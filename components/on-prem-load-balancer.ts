import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { Listener } from "@pulumi/aws/lb/listener.js";
import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
import { TargetGroupAttachment } from "@pulumi/aws/lb/targetGroupAttachment.js";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
import * as pulumi from "@pulumi/pulumi";
import { containsCidr } from "cidr-tools";
import { checked, refusal } from "./errors.ts";
import {
  type BalancerHealthCheck,
  balancerOptions,
  type LoadBalancerType,
  targetGroupOptions,
} from "./load-balancer-type.ts";
import { tags } from "./tags.ts";

/** Arguments of an {@link OnPremLoadBalancer}. */
export type OnPremLoadBalancerArgs = LoadBalancerType & {
  readonly scheme: "internal" | "internet-facing";
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidr: string;
  readonly siteCidr: string;
  /** Public subnets for `internet-facing`, else private ones; one a zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly listenerPort: number;
  /** Nodes that can run the service, by name. */
  readonly targets: Readonly<Record<string, { readonly address: pulumi.Input<string> }>>;
  /** The service's TCP port on each node. */
  readonly hostPort: number;
  readonly healthCheck: BalancerHealthCheck;
  /** Ranges that may connect, besides the VPC and the site. */
  readonly allowFrom: readonly string[];
};

/** AWS adds a dash and seven random digits for uniqueness, we `-lb`; a name has at most 32 characters. */
const longestName = 32 - 8 - "-lb".length;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html */
const targetRanges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

/** Seconds that a node's open connections have to end once it is taken out. */
const deregistrationDelaySeconds = 30;

/**
 * A load balancer in the VPC, in front of a service on nodes outside of it: an IP target group with every node that can
 * run the service; those that do not run it fail the health check and get no traffic.
 *
 * Who may connect: the VPC, the site, and `allowFrom`, on the listener's port. Where it may connect: the site, on the
 * service's port. Nodes see the load balancer's own addresses, and need a route back to the VPC.
 *
 * Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
export class OnPremLoadBalancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;
  /** The listener's address for whoever speaks HTTP, for example `http://hits-1a2b3c4.elb.us-east-1.amazonaws.com/`. */
  readonly url: pulumi.Output<string>;
  readonly targetGroupArn: pulumi.Output<string>;
  /** The load balancer's own group, for rules of other groups that name it. */
  readonly securityGroupId: pulumi.Output<string>;

  /** @throws RunError when AWS would refuse the name or a target, or could not reach it */
  constructor(name: string, args: OnPremLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:cloud:OnPremLoadBalancer", name, {}, opts);
    checkArgs(name, args);
    const targets = Object.entries(args.targets).map(
      ([node, { address }]) => [node, targetAddress(name, node, address, args)] as const,
    );
    const child = { parent: this };
    const group = this.#securityGroup(name, args);
    const balancer = new LoadBalancer(
      `${name}-lb`,
      {
        internal: args.scheme === "internal",
        ipAddressType: "ipv4",
        subnets: [...args.subnetIds],
        // A Network Load Balancer takes security groups only when it is made.
        securityGroups: [group.id],
        ...balancerOptions(args),
        tags: tags(`${name}-lb`),
      },
      child,
    );
    const targetGroup = new TargetGroup(
      `${name}-tg`,
      {
        vpcId: args.vpcId,
        targetType: "ip",
        port: args.hostPort,
        deregistrationDelay: deregistrationDelaySeconds,
        ...targetGroupOptions(args, args.healthCheck),
        tags: tags(`${name}-tg`),
      },
      child,
    );
    for (const [node, address] of targets) {
      new TargetGroupAttachment(
        `${name}-${node}`,
        {
          targetGroupArn: targetGroup.arn,
          targetId: address,
          port: args.hostPort,
          // The address is outside of the VPC.
          availabilityZone: "all",
        },
        child,
      );
    }
    new Listener(
      `${name}-listener`,
      {
        loadBalancerArn: balancer.arn,
        port: args.listenerPort,
        protocol: args.type === "network" ? "TCP" : "HTTP",
        defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
        tags: tags(`${name}-listener`),
      },
      child,
    );
    this.arn = balancer.arn;
    this.dnsName = balancer.dnsName;
    this.url = pulumi.interpolate`http://${this.dnsName}${args.listenerPort === 80 ? "" : `:${args.listenerPort}`}/`;
    this.targetGroupArn = targetGroup.arn;
    this.securityGroupId = group.id;
    this.registerOutputs({
      arn: this.arn,
      dnsName: this.dnsName,
      url: this.url,
      targetGroupArn: this.targetGroupArn,
      securityGroupId: this.securityGroupId,
    });
  }

  #securityGroup(name: string, args: OnPremLoadBalancerArgs): SecurityGroup {
    const child = { parent: this };
    const group = new SecurityGroup(
      `${name}-access`,
      {
        vpcId: args.vpcId,
        description: `Who may connect to the load balancer ${name}, and what it may reach`,
        tags: tags(`${name}-access`),
      },
      child,
    );
    const sources = new Map([
      ...args.allowFrom.map((cidr) => [cidr, `${name}-from-${cidr}`] as const),
      [args.siteCidr, `${name}-from-site`],
      [args.vpcCidr, `${name}-from-vpc`],
    ]);
    for (const [cidrIpv4, rule] of sources) {
      new SecurityGroupIngressRule(
        rule,
        {
          securityGroupId: group.id,
          cidrIpv4,
          ipProtocol: "tcp",
          fromPort: args.listenerPort,
          toPort: args.listenerPort,
          tags: tags(rule),
        },
        child,
      );
    }
    const out = `${name}-to-site`;
    new SecurityGroupEgressRule(
      out,
      {
        securityGroupId: group.id,
        cidrIpv4: args.siteCidr,
        ipProtocol: "tcp",
        fromPort: args.hostPort,
        toPort: args.hostPort,
        tags: tags(out),
      },
      child,
    );
    return group;
  }
}

function checkArgs(name: string, args: OnPremLoadBalancerArgs): void {
  if (name.length > longestName) {
    throw refusal(
      name,
      `${name.length} characters`,
      `AWS takes 32 for a load balancer's name, and ${32 - longestName} are a suffix`,
      `choose a name of at most ${longestName}`,
    );
  }
  if (!/^(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*$/.test(name)) {
    throw refusal(
      name,
      "a load balancer's name",
      "AWS takes letters, digits and dashes, and keeps names that begin with internal- for itself",
      "choose another name",
    );
  }
  // Whoever writes JavaScript, or reads the arguments from a file, has no compiler to say it.
  const crossZone: boolean = args.crossZone;
  if (args.type === "application" && !crossZone) {
    throw refusal(
      `${name}.crossZone`,
      crossZone,
      "an application load balancer without cross-zone balancing cannot reach addresses outside the VPC",
      "leave crossZone on, or choose type: network",
    );
  }
  if (args.type === "application" && args.subnetIds.length < 2) {
    throw refusal(
      `${name}.subnetIds`,
      args.subnetIds.length,
      "an application load balancer needs subnets in two zones",
      "add a zone to the network, or choose type: network",
    );
  }
}

function targetAddress(
  name: string,
  node: string,
  address: pulumi.Input<string>,
  { vpcCidr, siteCidr }: OnPremLoadBalancerArgs,
): pulumi.Input<string> {
  return checked(address, (plain) => {
    const field = `${name}.targets.${node}.address`;
    if (containsCidr(vpcCidr, plain)) {
      throw refusal(
        field,
        plain,
        `lies inside the VPC's ${vpcCidr}: AWS would take it for an address of the VPC`,
        "choose another range for one of them",
      );
    }
    if (!containsCidr(siteCidr, plain)) {
      throw refusal(
        field,
        plain,
        `lies outside the site's ${siteCidr}: the VPC would have no route to it`,
        "correct the address, or widen the site's range",
      );
    }
    if (!containsCidr(targetRanges, plain)) {
      throw refusal(
        field,
        plain,
        `AWS takes targets outside the VPC from ${targetRanges.join(", ")} only`,
        "give the site a private range",
      );
    }
  });
}
