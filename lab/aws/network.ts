/** The desired network, derived from the account: endpoints, tunnels, load balancers. */
import { z } from "zod";
import type { Account } from "./account.ts";
import type {
  DesiredListener,
  DesiredNetwork,
  DesiredRedirect,
  DesiredTunnel,
  DesiredVpnConnection,
} from "./data-plane/contract.ts";
import { privateNetwork } from "./private-network.ts";
import { customerGateway } from "./services/connectivity/customer-gateway.ts";
import { optionsOf, tunnelNumbers, vpnConnection } from "./services/connectivity/vpn-connection.ts";
import { vpnConnectionRoute } from "./services/connectivity/vpn-connection-route.ts";
import { vpnGateway } from "./services/connectivity/vpn-gateway.ts";
import { certificate } from "./services/load-balancing/certificate.ts";
import { listener } from "./services/load-balancing/listener.ts";
import { addressesOf, loadBalancer } from "./services/load-balancing/load-balancer.ts";
import { targetGroup } from "./services/load-balancing/target-group.ts";
import { targetGroupAttachment } from "./services/load-balancing/target-group-attachment.ts";
import { vpc } from "./services/network/vpc.ts";
import { secondaryRangesOf } from "./services/network/vpc-cidr-association.ts";

const output = (outputs: Readonly<Record<string, unknown>>, key: string): string =>
  z.string().parse(outputs[key]);

const vpnConnections = (aws: Account): DesiredVpnConnection[] =>
  vpnConnection.all(aws).map(({ id, inputs, outputs }) => {
    const vpcId = vpnGateway.get(aws, inputs.vpnGatewayId)?.inputs.vpcId ?? "";
    const routes = vpnConnectionRoute.all(aws).filter((r) => r.inputs.vpnConnectionId === id);
    return {
      id,
      vpcCidr: vpc.get(aws, vpcId)?.inputs.cidrBlock ?? "",
      vpcSecondaryCidrs: secondaryRangesOf(aws, vpcId),
      customerGatewayAddress: customerGateway.get(aws, inputs.customerGatewayId)?.inputs.ipAddress ?? "",
      siteCidrs: routes.map((r) => r.inputs.destinationCidrBlock),
      tunnels: tunnelNumbers.map((n): DesiredTunnel => {
        const o = optionsOf(inputs, n);
        return {
          outsideAddress: output(outputs, `tunnel${n}Address`),
          presharedKey: output(outputs, `tunnel${n}PresharedKey`),
          insideCidr: output(outputs, `tunnel${n}InsideCidr`),
          vgwInsideAddress: output(outputs, `tunnel${n}VgwInsideAddress`),
          cgwInsideAddress: output(outputs, `tunnel${n}CgwInsideAddress`),
          ikeVersions: o.ikeVersions ?? [],
          phase1: {
            encryption: o.phase1EncryptionAlgorithms ?? [],
            integrity: o.phase1IntegrityAlgorithms ?? [],
            dhGroups: o.phase1DhGroupNumbers ?? [],
            lifetimeSeconds: o.phase1LifetimeSeconds ?? 28800,
          },
          phase2: {
            encryption: o.phase2EncryptionAlgorithms ?? [],
            integrity: o.phase2IntegrityAlgorithms ?? [],
            dhGroups: o.phase2DhGroupNumbers ?? [],
            lifetimeSeconds: o.phase2LifetimeSeconds ?? 3600,
          },
          dpdTimeoutSeconds: o.dpdTimeoutSeconds ?? 30,
          dpdTimeoutAction: o.dpdTimeoutAction ?? "clear",
          startupAction: o.startupAction ?? "add",
        };
      }),
    };
  });

const http = (protocol: string): "TCP" | "HTTP" => (protocol.startsWith("HTTP") ? "HTTP" : "TCP");

const listeners = (aws: Account, arn: string): DesiredListener[] =>
  listener
    .all(aws)
    .filter((l) => l.inputs.loadBalancerArn === arn)
    .flatMap(({ inputs }) =>
      inputs.defaultActions.flatMap(({ targetGroupArn }) => {
        const group = targetGroup.get(aws, targetGroupArn ?? "");
        if (!group) return [];
        const check = group.inputs.healthCheck;
        const protocol = http(check?.protocol ?? group.inputs.protocol);
        const attached = targetGroupAttachment.all(aws).filter((a) => a.inputs.targetGroupArn === group.id);
        const path = check?.path ?? (protocol === "HTTP" ? "/" : undefined);
        return [
          {
            port: inputs.port,
            protocol: http(inputs.protocol),
            ...tlsOf(aws, inputs.certificateArn),
            targetGroupArn: group.id,
            targets: attached.map((a) => ({
              id: a.inputs.targetId,
              port: a.inputs.port ?? group.inputs.port,
            })),
            healthCheck: {
              protocol,
              port: check?.port ?? "traffic-port",
              ...(path === undefined ? {} : { path }),
              matcher: check?.matcher ?? "200-399",
              intervalSeconds: check?.interval ?? 30,
              timeoutSeconds: check?.timeout ?? (protocol === "HTTP" ? 6 : 10),
              healthyThreshold: check?.healthyThreshold ?? 3,
              unhealthyThreshold: check?.unhealthyThreshold ?? 3,
            },
          },
        ];
      }),
    );

/** Returns the certificate, as its owner imported it. */
function tlsOf(aws: Account, arn: string | undefined): Pick<DesiredListener, "tls"> {
  const inputs = certificate.get(aws, arn ?? "")?.inputs;
  return inputs
    ? {
        tls: {
          certificate: inputs.certificateBody + (inputs.certificateChain ?? ""),
          key: inputs.privateKey,
        },
      }
    : {};
}

const redirects = (aws: Account, arn: string): DesiredRedirect[] =>
  listener
    .all(aws)
    .filter((l) => l.inputs.loadBalancerArn === arn)
    .flatMap(({ inputs: { port, defaultActions } }) =>
      defaultActions.flatMap(({ redirect }) =>
        redirect
          ? [{ port, toPort: Number(redirect.port), status: redirect.statusCode === "HTTP_301" ? 301 : 302 }]
          : [],
      ),
    );

/** Returns the desired network. Pure. */
export const desiredNetwork = (aws: Account): DesiredNetwork => ({
  vpcs: vpc.all(aws).map((v) => ({
    id: v.id,
    cidr: v.inputs.cidrBlock,
    secondaryCidrs: secondaryRangesOf(aws, v.id),
  })),
  vpnConnections: vpnConnections(aws),
  loadBalancers: loadBalancer.all(aws).map(({ id, inputs, outputs }) => ({
    arn: id,
    dnsName: output(outputs, "dnsName"),
    scheme: inputs.internal ? "internal" : "internet-facing",
    type: inputs.loadBalancerType,
    addresses: addressesOf(outputs),
    listeners: listeners(aws, id),
    redirects: redirects(aws, id),
  })),
  ...privateNetwork(aws),
});
