import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { ResolverEndpoint } from "@pulumi/aws/route53/resolverEndpoint.js";
import { ResolverQueryLogConfig } from "@pulumi/aws/route53/resolverQueryLogConfig.js";
import { ResolverQueryLogConfigAssociation } from "@pulumi/aws/route53/resolverQueryLogConfigAssociation.js";
import * as pulumi from "@pulumi/pulumi";
import {
  resolverAddressesProblems,
  resolverZonesProblems,
} from "../../limits/private-connectivity/resolvers.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { defined, mapValues } from "../../records.ts";
import { accessGroup } from "../shared/access-group.ts";
import { logRetention } from "../shared/logs.ts";
import { stackPrefix, tags } from "../shared/tags.ts";
import { validatedBeside } from "../shared/validated.ts";
import { dnsAccess } from "./dns-access.ts";
import { addressesByZone } from "./interface-addresses.ts";

/** Arguments of an {@link InboundResolver}. */
export interface InboundResolverArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly siteCidrs: readonly string[];
  /** Private subnets by zone; two at least. */
  readonly subnets: Readonly<
    Record<string, { readonly id: pulumi.Input<string>; readonly cidr: pulumi.Input<string> }>
  >;
  /** Fixed addresses, by zone; two at least. Default: AWS chooses one in each of `subnets`, which never changes. */
  readonly addresses?: Readonly<Record<string, string>> | undefined;
  /** Records the VPC's DNS queries, also the site's, in CloudWatch Logs. Default: off. */
  readonly queryLogs?: { readonly retentionDays: pulumi.Input<number> } | undefined;
}

/**
 * DNS for the site from the VPC's own resolver: an address in each zone that answers on port 53, TCP and UDP, for the
 * site only. It knows the endpoints' private addresses, where the public DNS has public ones.
 *
 * Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-inbound-queries.html,
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html
 */
export class InboundResolver extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  /** In the order of `subnets`. */
  readonly addresses: pulumi.Output<readonly string[]>;
  /** The resources that a query needs to be answered. */
  readonly ready: readonly pulumi.Resource[];

  /** @throws RunError when there is only one zone, or AWS would not give an address */
  constructor(name: string, args: InboundResolverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:private-connectivity:InboundResolver", name, {}, opts);
    const { addresses } = args;
    throwIfAny(resolverZonesProblems(`${name}.subnets`, Object.keys(args.subnets)));
    const ranges = mapValues(args.subnets, ({ cidr }) => cidr);
    const fixed =
      addresses &&
      validatedBeside(addresses, ranges, (plain) =>
        throwIfAny(resolverAddressesProblems(`${name}.addresses`, addresses, plain)),
      );
    const used = Object.fromEntries(
      Object.entries(args.subnets).filter(([zone]) => !addresses || zone in addresses),
    );
    const retentionDays =
      args.queryLogs && logRetention(`${name}.queryLogs.retentionDays`, args.queryLogs.retentionDays);
    const group = accessGroup(this, name, {
      vpcId: args.vpcId,
      description: `Who may ask the resolver ${name}`,
      rules: args.siteCidrs.flatMap((cidr) => dnsAccess("from", cidr, cidr)),
    });
    const endpoint = new ResolverEndpoint(
      `${name}-endpoint`,
      {
        name,
        direction: "INBOUND",
        protocols: ["Do53"],
        securityGroupIds: [group.id],
        ipAddresses: Object.entries(used).map(([zone, { id }]) => ({
          subnetId: id,
          ...defined({ ip: fixed?.apply((all) => all[zone] ?? "") }),
        })),
        tags: tags(`${name}-endpoint`),
      },
      {
        parent: this,
        // Pulumi's provider compares the addresses by their subnets alone (pulumi/pulumi-aws#2743): without this, another
        // address in the same zone would be ignored.
        replacementTrigger: fixedAddresses(addresses),
        // The old endpoint holds addresses that the new one gets.
        deleteBeforeReplace: true,
      },
    );
    if (retentionDays !== undefined) this.#queryLogs(name, args.vpcId, retentionDays);

    this.id = endpoint.id;
    this.addresses = addressesByZone(
      used,
      endpoint.ipAddresses.apply((all) => all.map(({ subnetId, ip }) => ({ subnetId, address: ip }))),
    );
    this.ready = [...group.ready, endpoint];
    this.registerOutputs({ id: this.id, addresses: this.addresses });
  }

  #queryLogs(name: string, vpcId: pulumi.Input<string>, retentionInDays: pulumi.Input<number>) {
    const child = { parent: this };
    const role = `${name}-queries`;
    const group = new LogGroup(
      role,
      {
        // Like the tunnels' logs: below this prefix, AWS's log delivery needs no resource policy that grows with every
        // group.
        name: `/aws/vendedlogs/resolver/${stackPrefix()}/${name}`,
        retentionInDays,
        tags: tags(role),
      },
      child,
    );
    const config = new ResolverQueryLogConfig(
      role,
      { name: role, destinationArn: group.arn, tags: tags(role) },
      child,
    );
    new ResolverQueryLogConfigAssociation(
      role,
      { resolverQueryLogConfigId: config.id, resourceId: vpcId },
      child,
    );
  }
}

/** Returns the fixed addresses in the order of their zones, so that another order in the stack file changes nothing. */
function fixedAddresses(addresses: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(addresses ?? {})
    .map(([zone, address]) => `${zone}=${address}`)
    .sort()
    .join(",");
}
