import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
import { TargetGroupAttachment } from "@pulumi/aws/lb/targetGroupAttachment.js";
import { WebAclAssociation } from "@pulumi/aws/wafv2/webAclAssociation.js";
import * as pulumi from "@pulumi/pulumi";
import { siteAddressProblems } from "../../limits/connectivity.ts";
import {
  accessLogsProblems,
  balancerNameProblems,
  balancerTypeProblems,
  bucketProblems,
  listenerPortOf,
  logPrefixProblems,
  redirectProblems,
  securityPolicyProblems,
  targetRangeProblems,
  webAclProblems,
} from "../../limits/load-balancing.ts";
import { type Problem, throwIfAny } from "../../limits/problem.ts";
import { type AccessRule, accessGroup } from "../shared/access-group.ts";
import { tags } from "../shared/tags.ts";
import {
  type AccessLogs,
  accessLogsOption,
  type BalancerHealthCheck,
  type BalancerKind,
  balancerOptions,
  targetGroupOptions,
} from "./balancer-options.ts";
import { inRegion } from "./in-region.ts";
import { type ClientPort, clientPorts, createListeners } from "./listeners.ts";

/** Arguments of an {@link OnPremLoadBalancer}. */
export type OnPremLoadBalancerArgs = BalancerKind & {
  readonly scheme: "internal" | "internet-facing";
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidrs: readonly string[];
  readonly siteCidrs: readonly string[];
  /** Public subnets for `internet-facing`, else private ones; one per zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Port that clients connect to. Default: 443 with `tls`, else 80. */
  readonly listenerPort?: number | undefined;
  /** The nodes that can run the service, by name. */
  readonly targets: Readonly<Record<string, { readonly address: string }>>;
  /** The service's TCP port on each node. */
  readonly hostPort: number;
  readonly healthCheck: BalancerHealthCheck;
  /** Ranges that may connect, besides the VPC and the site. */
  readonly allowFrom: readonly string[];
  readonly accessLogs?: AccessLogs | undefined;
  /** Neither AWS nor Pulumi deletes or replaces the load balancer. Default: false. */
  readonly deletionProtection?: boolean | undefined;
};

/** The time that open connections have to end after a node is removed. */
const deregistrationDelaySeconds = 30;

/**
 * A load balancer in the VPC, in front of a service on nodes outside the VPC: an IP target group with every node that
 * can run the service. Nodes that do not run it fail the health check and get no traffic.
 *
 * The VPC, the site and `allowFrom` may connect to the listeners' ports; the load balancer may connect to the service's
 * port in the site. Nodes see the load balancer's own addresses, and need a route back to the VPC.
 *
 * Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
export class OnPremLoadBalancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;
  /**
   * Where clients connect by the load balancer's own name, for example
   * `https://hits-1a2b3c4.elb.us-east-1.amazonaws.com/`. A certificate has another name, so it needs a DNS record.
   */
  readonly url: pulumi.Output<string>;
  readonly targetGroupArn: pulumi.Output<string>;
  /** The load balancer's own security group, for rules of other groups. */
  readonly securityGroupId: pulumi.Output<string>;

  /** @throws RunError when AWS would refuse the name, the certificate or a target, or could not reach it */
  constructor(name: string, args: OnPremLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:load-balancing:OnPremLoadBalancer", name, {}, opts);
    throwIfAny([
      ...balancerNameProblems(name, name),
      ...balancerTypeProblems(name, args, args.subnetIds.length),
      ...redirectProblems(name, args),
      ...accessLogsProblems(name, args),
      ...(args.accessLogs ? bucketProblems(`${name}.accessLogs.bucket`, args.accessLogs.bucket) : []),
      ...(args.accessLogs?.prefix === undefined
        ? []
        : logPrefixProblems(`${name}.accessLogs.prefix`, args.accessLogs.prefix)),
      ...(args.tls ? securityPolicyProblems(`${name}.tls.policy`, args.tls.policy) : []),
      ...targetProblems(name, args),
    ]);
    const ports = clientPorts(this, name, args);
    const addresses = new Set(Object.values(args.targets).map(({ address }) => address));
    const child = { parent: this };
    const isProtected = args.deletionProtection ?? false;
    const group = accessGroup(this, name, {
      vpcId: args.vpcId,
      // Without the name: a security group's description is for its life.
      description: "Who may connect to the load balancer, and what it may reach",
      rules: accessRules(args, ports),
    });
    const balancer = new LoadBalancer(
      `${name}-lb`,
      {
        internal: args.scheme === "internal",
        ipAddressType: "ipv4",
        subnets: [...args.subnetIds],
        // A Network Load Balancer takes security groups only at its creation.
        securityGroups: [group.id],
        ...balancerOptions(args),
        ...accessLogsOption(args.accessLogs),
        enableDeletionProtection: isProtected,
        tags: tags(`${name}-lb`),
      },
      // Protected, so that a preview fails: AWS alone would refuse when the listeners, which are deleted first, are gone. And
      // replaced with its VPC: the provider would give it subnets of another one, which AWS does not take.
      { ...child, protect: isProtected, replacementTrigger: args.vpcId },
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
      // A target group is one load balancer's, and the former one's listeners hold it until the end of the update.
      { ...child, replacementTrigger: balancer.arn },
    );
    for (const address of addresses) {
      new TargetGroupAttachment(
        // By what AWS registers once: a node that takes over another's address would register it again, and the other's
        // attachment, deleted afterwards, would remove it.
        `${name}-target/${address}`,
        {
          targetGroupArn: targetGroup.arn,
          targetId: address,
          port: args.hostPort,
          // The address is outside the VPC.
          availabilityZone: "all",
        },
        child,
      );
    }
    createListeners(this, name, ports, { arn: balancer.arn, targetGroupArn: targetGroup.arn });
    if (args.type === "application" && args.webAclArn !== undefined) {
      new WebAclAssociation(
        `${name}-web-acl`,
        {
          resourceArn: balancer.arn,
          webAclArn: inRegion(this, `${name}.webAclArn`, args.webAclArn, webAclProblems),
        },
        // A new association takes the place of the old one, and deleting the old one afterwards would remove the new:
        // https://github.com/pulumi/pulumi-aws/issues/4782
        { ...child, deleteBeforeReplace: true },
      );
    }
    this.arn = balancer.arn;
    this.dnsName = balancer.dnsName;
    this.url = urlOf(this.dnsName, args);
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
}

/** Returns the rules: who may connect to each port, and what the load balancer may reach. */
function accessRules(args: OnPremLoadBalancerArgs, ports: readonly ClientPort[]): readonly AccessRule[] {
  const { vpcCidrs, siteCidrs, allowFrom, hostPort } = args;
  const tcp = { protocol: "tcp" } as const;
  const from = [...new Set([...vpcCidrs, ...siteCidrs, ...allowFrom])].flatMap((cidr) =>
    ports.map(
      ({ port }) => ({ ...tcp, role: `${port}-from-${cidr}`, direction: "from", cidr, port }) as const,
    ),
  );
  const to = siteCidrs.map(
    (cidr) => ({ ...tcp, role: `to-${cidr}`, direction: "to", cidr, port: hostPort }) as const,
  );
  return [...from, ...to];
}

/** Returns where clients connect, without the port that is the protocol's own. */
function urlOf(dnsName: pulumi.Output<string>, args: OnPremLoadBalancerArgs): pulumi.Output<string> {
  const port = listenerPortOf(args);
  const [protocol, own] = args.tls ? ["https", 443] : ["http", 80];
  return pulumi.interpolate`${protocol}://${dnsName}${port === own ? "" : `:${port}`}/`;
}

function targetProblems(
  name: string,
  { vpcCidrs, siteCidrs, targets }: OnPremLoadBalancerArgs,
): readonly Problem[] {
  const site = siteCidrs.map((cidr) => ({ name: "the site's range", cidr }));
  const vpc = vpcCidrs.map((cidr) => ({ name: "the VPC's range", cidr }));
  return Object.entries(targets).flatMap(([node, { address }]) => {
    const field = `${name}.targets.${node}.address`;
    const problems = siteAddressProblems(field, address, site, vpc);
    return problems.length > 0 ? problems : targetRangeProblems(field, address);
  });
}
