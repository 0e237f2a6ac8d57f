import { ResolverEndpoint } from "@pulumi/aws/route53/resolverEndpoint.js";
import { ResolverRule } from "@pulumi/aws/route53/resolverRule.js";
import { ResolverRuleAssociation } from "@pulumi/aws/route53/resolverRuleAssociation.js";
import * as pulumi from "@pulumi/pulumi";
import { forwardProblems, resolverZonesProblems } from "../../limits/private-connectivity/resolvers.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { accessGroup } from "../shared/access-group.ts";
import { tags } from "../shared/tags.ts";
import { dnsAccess } from "./dns-access.ts";

/** Arguments of an {@link OutboundResolver}. */
export interface OutboundResolverArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets by zone, from which the queries come; two at least. */
  readonly subnets: Readonly<Record<string, { readonly id: pulumi.Input<string> }>>;
  /** Domain → addresses of the DNS servers that know it, for example `{"home.arpa": ["192.168.1.1"]}`. */
  readonly forward: Readonly<Record<string, readonly string[]>>;
}

/**
 * Forwards the VPC's queries for the site's own names to the site's DNS servers: a forwarding rule for each domain, and
 * for the domains below it.
 *
 * Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-outbound-queries.html
 */
export class OutboundResolver extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  /** The resources that the VPC needs to ask the site. */
  readonly ready: readonly pulumi.Resource[];

  /** @throws RunError when there is only one zone, nothing to forward, or a domain of AWS */
  constructor(name: string, args: OutboundResolverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:private-connectivity:OutboundResolver", name, {}, opts);
    throwIfAny([
      ...resolverZonesProblems(`${name}.subnets`, Object.keys(args.subnets)),
      ...forwardProblems(`${name}.forward`, args.forward),
    ]);
    const child = { parent: this };
    const servers = [...new Set(Object.values(args.forward).flat())];
    const group = accessGroup(this, name, {
      vpcId: args.vpcId,
      description: `Whom the resolver ${name} may ask`,
      rules: servers.flatMap((server) => dnsAccess("to", server, `${server}/32`)),
    });
    const endpoint = new ResolverEndpoint(
      `${name}-endpoint`,
      {
        // Without a name of our own, a replacement begins with the new endpoint: the rules move to it, and only then do
        // they let the old one go.
        direction: "OUTBOUND",
        protocols: ["Do53"],
        securityGroupIds: [group.id],
        ipAddresses: Object.values(args.subnets).map(({ id }) => ({ subnetId: id })),
        tags: tags(`${name}-endpoint`),
      },
      child,
    );
    const associations = Object.entries(args.forward).map(([domain, addresses]) => {
      const role = `${name}-${domain}`;
      // AWS takes no dots in a rule's name, and 64 characters.
      const label = role.replaceAll(".", "-").slice(0, 64);
      const rule = new ResolverRule(
        role,
        {
          name: label,
          ruleType: "FORWARD",
          domainName: domain,
          resolverEndpointId: endpoint.id,
          targetIps: addresses.map((ip) => ({ ip })),
          tags: tags(role),
        },
        child,
      );
      return new ResolverRuleAssociation(
        role,
        { name: label, resolverRuleId: rule.id, vpcId: args.vpcId },
        child,
      );
    });
    this.id = endpoint.id;
    this.ready = [...group.ready, ...associations];
    this.registerOutputs({ id: this.id });
  }
}
