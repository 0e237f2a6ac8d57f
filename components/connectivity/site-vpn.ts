import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { CustomerGateway } from "@pulumi/aws/ec2/customerGateway.js";
import { VpnConnection } from "@pulumi/aws/ec2/vpnConnection.js";
import { VpnConnectionRoute } from "@pulumi/aws/ec2/vpnConnectionRoute.js";
import { VpnGateway } from "@pulumi/aws/ec2/vpnGateway.js";
import { VpnGatewayRoutePropagation } from "@pulumi/aws/ec2/vpnGatewayRoutePropagation.js";
import * as pulumi from "@pulumi/pulumi";
import { insideCidrProblems, type PerTunnel, publicAddressProblems } from "../../limits/connectivity.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { logRetention } from "../shared/logs.ts";
import { stackPrefix, tags } from "../shared/tags.ts";
import { validated } from "../shared/validated.ts";
import { checkedKeys, tunnelOptions } from "./tunnel-options.ts";

/** Arguments of a {@link SiteVpn}. */
export interface SiteVpnArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Route tables that learn the way to the site, by a name of their own, such as their zone. */
  readonly routeTableIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly site: {
    /** The site's IPv4 range, for example `192.168.1.0/24`. */
    readonly cidr: pulumi.Input<string>;
    /** The static public IPv4 address that AWS sees the site from: its router's, where the gateway is behind NAT. */
    readonly publicAddress: pulumi.Input<string>;
  };
  /** 8 to 64 of `A-Z a-z 0-9 . _`, not starting with 0. Left out: AWS makes them. Always kept as secrets. */
  readonly presharedKeys?: PerTunnel<pulumi.Input<string>> | undefined;
  /** The /30 of 169.254.0.0/16 inside each tunnel. */
  readonly insideCidrs: PerTunnel<string>;
  /** Days that the tunnels' logs are kept. */
  readonly logRetentionDays: pulumi.Input<number>;
  /** SNS topic that hears of a tunnel going down and coming up. */
  readonly alarmTopicArn?: pulumi.Input<string> | undefined;
}

/** What the site's gateway must know of one tunnel. */
export interface TunnelOutputs {
  /** Public address of AWS's end. */
  readonly address: pulumi.Output<string>;
  /** Secret. */
  readonly presharedKey: pulumi.Output<string>;
  /** Address of the site's end inside the tunnel, without a prefix. */
  readonly cgwInsideAddress: pulumi.Output<string>;
  /** Address of AWS's end inside the tunnel, without a prefix. */
  readonly vgwInsideAddress: pulumi.Output<string>;
  /** The /30 that both inside addresses are of. */
  readonly insideCidr: pulumi.Output<string>;
}

/**
 * A Site-to-Site VPN between a VPC and a site: two tunnels, IKEv2 with AES-256-GCM, SHA-384 and ECP-384 only, a static
 * route to the site that is propagated into the VPC's route tables, the tunnels' logs in CloudWatch, and an alarm for
 * each tunnel.
 *
 * Sources: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html,
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-logs.html,
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-cloudwatch-vpn.html
 */
export class SiteVpn extends pulumi.ComponentResource {
  readonly connectionId: pulumi.Output<string>;
  /** The site's public address, as AWS knows it: strongSwan's own id. */
  readonly customerGatewayAddress: pulumi.Output<string>;
  readonly tunnels: PerTunnel<TunnelOutputs>;
  /** What must exist before traffic flows both ways: depend on it before you wait for a tunnel. */
  readonly ready: readonly pulumi.Resource[];

  /** @throws RunError when AWS would refuse an inside range, a key or the site's address */
  constructor(name: string, args: SiteVpnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:connectivity:SiteVpn", name, {}, opts);
    throwIfAny(insideCidrProblems(name, args.insideCidrs));
    const ipAddress = validated(args.site.publicAddress, (address) =>
      throwIfAny(publicAddressProblems(`${name}.site.publicAddress`, address)),
    );
    const presharedKeys = args.presharedKeys && checkedKeys(name, args.presharedKeys);
    const retentionInDays = logRetention(`${name}.logRetentionDays`, args.logRetentionDays);
    const child = { parent: this };
    const gateway = new VpnGateway(
      `${name}-gateway`,
      { vpcId: args.vpcId, tags: tags(`${name}-gateway`) },
      child,
    );
    const customerGateway = new CustomerGateway(
      `${name}-customer-gateway`,
      {
        type: "ipsec.1",
        ipAddress,
        // AWS's own, which static routes have no use for. Left out, the provider finds it in AWS, takes it for one that we
        // want no more, and replaces the gateway at every update.
        bgpAsn: "65000",
        tags: tags(`${name}-customer-gateway`),
      },
      child,
    );
    const logs = new LogGroup(
      `${name}-logs`,
      {
        // AWS lets its log delivery write below this prefix without a resource policy that grows with every group.
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
    const route = new VpnConnectionRoute(
      `${name}-route-site`,
      { vpnConnectionId: connection.id, destinationCidrBlock: args.site.cidr },
      child,
    );
    const propagations = Object.entries(args.routeTableIds).map(
      ([table, routeTableId]) =>
        new VpnGatewayRoutePropagation(
          `${name}-propagation-${table}`,
          { vpnGatewayId: gateway.id, routeTableId },
          child,
        ),
    );

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
    this.ready = [route, ...propagations];
    this.#alarm(`${name}-tunnel1-down`, this.tunnels.tunnel1, args);
    this.#alarm(`${name}-tunnel2-down`, this.tunnels.tunnel2, args);
    this.registerOutputs({
      connectionId: this.connectionId,
      customerGatewayAddress: this.customerGatewayAddress,
      tunnels: this.tunnels,
    });
  }

  /** Five minutes without the tunnel; no data is as bad as a tunnel that is down. */
  #alarm(alarmName: string, { address }: TunnelOutputs, { alarmTopicArn }: SiteVpnArgs) {
    const actions =
      alarmTopicArn === undefined ? {} : { alarmActions: [alarmTopicArn], okActions: [alarmTopicArn] };
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
        ...actions,
        tags: tags(alarmName),
      },
      { parent: this },
    );
  }
}
