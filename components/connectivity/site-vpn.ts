import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { CustomerGateway } from "@pulumi/aws/ec2/customerGateway.js";
import { VpnConnection } from "@pulumi/aws/ec2/vpnConnection.js";
import { VpnConnectionRoute } from "@pulumi/aws/ec2/vpnConnectionRoute.js";
import * as pulumi from "@pulumi/pulumi";
import {
  insideCidrProblems,
  type PerTunnel,
  publicAddressProblems,
  siteRangesProblems,
} from "../../limits/connectivity.ts";
import { repetitions, throwIfAny } from "../../limits/problem.ts";
import { defined } from "../../records.ts";
import { logRetention } from "../shared/logs.ts";
import { stackPrefix, tags } from "../shared/tags.ts";
import { validated } from "../shared/validated.ts";
import { tunnelOptions, validatedKeys } from "./tunnel-options.ts";
import { createdGateway, existingGateway } from "./vpn-gateway.ts";

/** Arguments of a {@link SiteVpn}. */
export interface SiteVpnArgs {
  readonly vpcId: pulumi.Input<string>;
  /** The VPN gateway that the VPC has already; it stays as it is. Default: creates one. */
  readonly vpnGatewayId?: pulumi.Input<string> | undefined;
  /** Refuses to delete the VPN gateway that it creates, since other sites need it. Default: false. */
  readonly shared?: boolean | undefined;
  /** Route tables that get the route to the site, by a name that a table keeps, such as its zone or its id. */
  readonly routeTableIds: Readonly<Record<string, pulumi.Input<string>>>;
  /** The site's IPv4 ranges, for example `["192.168.1.0/24"]`; the VPC gets a route to each. */
  readonly siteCidrs: readonly string[];
  /** The path of each range in the stack file, for errors. Default: `siteCidrs` of the component. */
  readonly siteFields?: Readonly<Record<string, string>> | undefined;
  readonly site: {
    /** The static public IPv4 address under which AWS sees the site: the router's, if the gateway is behind NAT. */
    readonly publicAddress: pulumi.Input<string>;
  };
  /**
   * 8 to 64 of `A-Z a-z 0-9 . _`, not starting with 0. Always kept as secrets. Default: the keys that the tunnels have, made by
   * AWS. With one key changed per update, the other tunnel carries the traffic.
   */
  readonly presharedKeys?: Partial<PerTunnel<pulumi.Input<string> | undefined>> | undefined;
  /** The /30 of 169.254.0.0/16 inside each tunnel. */
  readonly insideCidrs: PerTunnel<string>;
  /** Days that the tunnels' logs are kept. */
  readonly logRetentionDays: pulumi.Input<number>;
  /** SNS topic that is notified when a tunnel goes down and comes up. */
  readonly alarmTopicArn?: pulumi.Input<string> | undefined;
}

/** The values of one tunnel that the site's gateway needs. */
export interface TunnelOutputs {
  /** Public address of AWS's end. */
  readonly address: pulumi.Output<string>;
  /** Secret. */
  readonly presharedKey: pulumi.Output<string>;
  /** Address of the site's end inside the tunnel, without a prefix. */
  readonly cgwInsideAddress: pulumi.Output<string>;
  /** Address of AWS's end inside the tunnel, without a prefix. */
  readonly vgwInsideAddress: pulumi.Output<string>;
  /** The /30 of both inside addresses. */
  readonly insideCidr: pulumi.Output<string>;
}

/**
 * A Site-to-Site VPN between a VPC and a site: two tunnels, IKEv2 with AES-256-GCM, SHA-384 and ECP-384 only, a static
 * route to each range of the site, also in the VPC's route tables, the tunnels' logs in CloudWatch, and an alarm for each
 * tunnel.
 *
 * Sources: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html,
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-logs.html,
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-cloudwatch-vpn.html
 */
export class SiteVpn extends pulumi.ComponentResource {
  /** The VPN gateway: the VPC's only one, for other sites too. */
  readonly gatewayId: pulumi.Output<string>;
  readonly connectionId: pulumi.Output<string>;
  /** The site's public address, as AWS knows it: strongSwan's own id. */
  readonly customerGatewayAddress: pulumi.Output<string>;
  readonly tunnels: PerTunnel<TunnelOutputs>;
  /** The resources that traffic in both directions needs: depend on them before you wait for a tunnel. */
  readonly ready: readonly pulumi.Resource[];

  /** @throws RunError when AWS would refuse an inside range, a key or the site's address */
  constructor(name: string, args: SiteVpnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:connectivity:SiteVpn", name, {}, opts);
    const siteRanges = args.siteCidrs.map((cidr) => ({ name: `${name}.siteCidrs`, cidr }));
    throwIfAny([
      ...insideCidrProblems(name, args.insideCidrs),
      ...siteRangesProblems(`${name}.siteCidrs`, siteRanges, args.insideCidrs),
      ...repetitions(`${name}.siteCidrs`, args.siteCidrs),
    ]);
    const ipAddress = validated(args.site.publicAddress, (address) =>
      throwIfAny(publicAddressProblems(`${name}.site.publicAddress`, address)),
    );
    const presharedKeys = args.presharedKeys && validatedKeys(name, args.presharedKeys);
    const retentionInDays = logRetention(`${name}.logRetentionDays`, args.logRetentionDays);
    const child = { parent: this };
    const { vpnGatewayId } = args;
    const gateway =
      vpnGatewayId === undefined
        ? createdGateway(name, args, this)
        : existingGateway(name, { ...args, vpnGatewayId }, this);
    const customerGateway = new CustomerGateway(
      `${name}-customer-gateway`,
      {
        type: "ipsec.1",
        ipAddress,
        // AWS answers a second request of the same kind, address and number with the gateway of the first one, which the
        // stack of either then deletes. The device name tells two stacks behind one address apart.
        deviceName: `${stackPrefix()}-${name}`,
        // AWS's default, which static routes do not use. Without it here, the provider reads AWS's value, treats it as
        // one that was removed, and replaces the gateway at every update.
        bgpAsn: "65000",
        tags: tags(`${name}-customer-gateway`),
      },
      child,
    );
    const logs = new LogGroup(
      `${name}-logs`,
      {
        // AWS's log delivery may write below this prefix without a resource policy that grows with every group.
        name: `/aws/vendedlogs/vpn/${stackPrefix()}/${name}`,
        retentionInDays,
        tags: tags(`${name}-logs`),
      },
      child,
    );
    const options = <T extends keyof PerTunnel<unknown>>(tunnel: T) =>
      tunnelOptions(tunnel, {
        insideCidr: args.insideCidrs[tunnel],
        presharedKey: presharedKeys?.[tunnel],
        logGroupArn: logs.arn,
      });
    const connection = new VpnConnection(
      `${name}-connection`,
      {
        type: "ipsec.1",
        vpnGatewayId: gateway.id,
        customerGatewayId: customerGateway.id,
        staticRoutesOnly: true,
        ...options("tunnel1"),
        ...options("tunnel2"),
        tags: tags(`${name}-connection`),
      },
      child,
    );
    const routes = args.siteCidrs.map(
      (destinationCidrBlock) =>
        new VpnConnectionRoute(
          `${name}-route-${destinationCidrBlock}`,
          { vpnConnectionId: connection.id, destinationCidrBlock },
          { ...child, dependsOn: [...gateway.before], ...defined({ hooks: gateway.hooks }) },
        ),
    );

    this.gatewayId = gateway.id;
    this.connectionId = connection.id;
    this.customerGatewayAddress = pulumi.interpolate`${customerGateway.ipAddress}`;
    this.tunnels = {
      tunnel1: {
        address: connection.tunnel1Address,
        presharedKey: pulumi.secret(connection.tunnel1PresharedKey),
        cgwInsideAddress: connection.tunnel1CgwInsideAddress,
        vgwInsideAddress: connection.tunnel1VgwInsideAddress,
        insideCidr: connection.tunnel1InsideCidr,
      },
      tunnel2: {
        address: connection.tunnel2Address,
        presharedKey: pulumi.secret(connection.tunnel2PresharedKey),
        cgwInsideAddress: connection.tunnel2CgwInsideAddress,
        vgwInsideAddress: connection.tunnel2VgwInsideAddress,
        insideCidr: connection.tunnel2InsideCidr,
      },
    };
    this.ready = [...routes, ...gateway.routes];
    this.#alarm(`${name}-tunnel1-down`, this.tunnels.tunnel1, args);
    this.#alarm(`${name}-tunnel2-down`, this.tunnels.tunnel2, args);
    this.registerOutputs({
      gatewayId: this.gatewayId,
      connectionId: this.connectionId,
      customerGatewayAddress: this.customerGatewayAddress,
      tunnels: this.tunnels,
    });
  }

  /** Five minutes without the tunnel; no data is as bad as a tunnel that is down. */
  #alarm(alarmName: string, { address }: TunnelOutputs, { alarmTopicArn }: SiteVpnArgs) {
    const topics = alarmTopicArn === undefined ? undefined : [alarmTopicArn];
    new MetricAlarm(
      alarmName,
      {
        alarmDescription: pulumi.interpolate`The VPN tunnel to ${address} is down`,
        namespace: "AWS/VPN",
        metricName: "TunnelState",
        dimensions: { TunnelIpAddress: address },
        statistic: "Maximum",
        period: 300,
        evaluationPeriods: 1,
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        treatMissingData: "breaching",
        ...defined({ alarmActions: topics, okActions: topics }),
        tags: tags(alarmName),
      },
      { parent: this },
    );
  }
}
