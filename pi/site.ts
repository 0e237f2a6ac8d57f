import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import type {
  HostConfig,
  InstallerConfig,
  NodeConfig,
  SiteConfig,
  SshConfig,
  VpnConfig,
} from "../config/schema.ts";
import { PiHost } from "./host.ts";
import type { Step } from "./step.ts";
import { automationKey } from "./steps/automation-key.ts";
import { bootFlags } from "./steps/boot-flags.ts";
import { docker } from "./steps/docker.ts";
import { ecsAgent } from "./steps/ecs-agent.ts";
import { fan } from "./steps/fan.ts";
import { forgetNode } from "./steps/forget-node.ts";
import { kernel } from "./steps/kernel.ts";
import { reboot } from "./steps/reboot.ts";
import { staticRoute } from "./steps/static-route.ts";
import { type GatewayTunnel, vpnGateway } from "./steps/vpn-gateway.ts";

type PerTunnel<T> = Readonly<Record<"tunnel1" | "tunnel2", T>>;

export interface SiteArgs {
  readonly region: pulumi.Input<string>;
  readonly site: SiteConfig;
  readonly hosts: Readonly<Record<string, HostConfig>>;
  readonly ssh: SshConfig;
  readonly vpcCidr: string;
  readonly vpn: Pick<VpnConfig, "format" | "dataPath"> & {
    readonly tunnels: PerTunnel<{ readonly [K in keyof GatewayTunnel]: pulumi.Input<string> }>;
    /** What must stand in AWS before traffic can flow: the gateway's step waits for it. */
    readonly ready: readonly pulumi.Resource[];
  };
  readonly cluster: {
    readonly clusterName: pulumi.Input<string>;
    readonly installer: InstallerConfig;
    /** By the host's key. */
    readonly activations: Readonly<
      Record<
        string,
        { readonly activationId: pulumi.Input<string>; readonly activationCode: pulumi.Input<string> }
      >
    >;
  };
}

/** A host that has joined the cluster. */
export interface SiteNode {
  readonly address: string;
  /** `mi-` and 17 hexadecimal digits. */
  readonly managedInstanceId: pulumi.Output<string>;
  readonly containerInstanceArn: pulumi.Output<string>;
}

/**
 * The on-prem side: every host of the site, brought from a bare system to its role by steps over SSH. Hosts go side
 * by side; the gateway's tunnels release the routes of the others, and the routes release the ECS agents.
 */
export class Site extends pulumi.ComponentResource {
  /** By the host's key; a dead host is none. */
  readonly nodes: Readonly<Record<string, SiteNode>>;
  /** In °C, by the host's key, of the hosts with a fan; as their fan's step last saw it. */
  readonly temperatures: Readonly<Record<string, pulumi.Output<string>>>;
  /** As the gateway verified them: "UP" when traffic was seen through the tunnel. */
  readonly tunnelStates: PerTunnel<pulumi.Output<string>>;

  constructor(name: string, args: SiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hybrid:pi:Site", name, {}, opts);
    const { site, vpcCidr } = args;
    const key = new PrivateKey(`${name}-automation-key`, { algorithm: "ED25519" }, { parent: this });

    const machines = Object.entries(args.hosts).map(([hostName, host]) => {
      const pi = new PiHost(
        hostName,
        {
          ...host,
          again: [site.converge, host.node?.reinstalled ?? 0].join("."),
          privateKey: key.privateKeyOpenssh,
        },
        { parent: this },
      );
      installKey(pi, host, key.publicKeyOpenssh, args.ssh);
      const temperature = boot(pi, host);
      if (host.node) {
        pi.run("docker", docker());
      }
      return { hostName, host, pi, temperature };
    });
    this.temperatures = Object.fromEntries(
      machines.flatMap(({ hostName, temperature }) => (temperature ? [[hostName, temperature]] : [])),
    );

    const gateway = machines.find(({ hostName }) => hostName === site.gateway);
    if (!gateway) {
      throw new pulumi.RunError(
        `site.gateway: ${site.gateway}: must be a key of \`hosts\`; choose one of ${Object.keys(args.hosts).join(", ")}`,
      );
    }
    const tunnels = gateway.pi.run("vpn-gateway", gatewayStep(args), { dependsOn: args.vpn.ready });
    const state = (tunnel: keyof PerTunnel<unknown>) =>
      tunnels.result.apply(({ facts }) => facts[tunnel] ?? "UNKNOWN");
    this.tunnelStates = { tunnel1: state("tunnel1"), tunnel2: state("tunnel2") };

    for (const { pi } of machines.filter((machine) => machine !== gateway)) {
      pi.run("static-route", staticRoute({ destination: vpcCidr, gateway: gateway.host.address }), {
        dependsOn: [tunnels.resource],
      });
    }

    const agents = machines.flatMap(({ hostName, host, pi }) => {
      if (!host.node) {
        return [];
      }
      const agent = pi.run("ecs-agent", agentStep(args, hostName, host.node));
      const fact = (fact: string) => agent.result.apply(({ facts }) => facts[fact] ?? "");
      const node: SiteNode = {
        address: host.address,
        managedInstanceId: fact("managedInstanceId"),
        containerInstanceArn: fact("containerInstanceArn"),
      };
      return [{ hostName, host, pi, node }];
    });
    const living = agents.filter(({ host }) => !host.dead);
    this.nodes = Object.fromEntries(living.map(({ hostName, node }) => [hostName, node]));
    for (const { hostName, node } of agents.filter(({ host }) => host.dead)) {
      living[0]?.pi.run(
        `forget-${hostName}`,
        pulumi
          .all([args.region, node.containerInstanceArn, node.managedInstanceId])
          .apply(([region, containerInstanceArn, managedInstanceId]) =>
            forgetNode({ dead: hostName, region, containerInstanceArn, managedInstanceId }),
          ),
      );
    }
    this.registerOutputs({
      nodes: this.nodes,
      temperatures: this.temperatures,
      tunnelStates: this.tunnelStates,
    });
  }
}

/** The one step that a person's key carries out; from then on the automation key does. */
function installKey(
  pi: PiHost,
  { user }: HostConfig,
  publicKey: pulumi.Output<string>,
  ssh: SshConfig,
): void {
  pi.run(
    "automation-key",
    publicKey.apply((publicKeyOpenssh) => automationKey({ publicKeyOpenssh, user })),
    { connectAs: ssh.privateKey === undefined ? {} : { privateKey: ssh.privateKey } },
  );
}

/**
 * What takes effect at boot, one reboot for all of it, and a look at the kernel that came up.
 *
 * @returns the temperature that the fan's step saw; undefined without a fan
 */
function boot(pi: PiHost, host: HostConfig): pulumi.Output<string> | undefined {
  const flags = host.node && bootFlags();
  const cooling = host.fan && fan(host.fan);
  const needs = [flags, cooling].filter((step) => step !== undefined);
  if (flags) {
    pi.run(flags.name, flags);
  }
  const cooled = cooling && pi.run(cooling.name, cooling);
  if (needs.length > 0) {
    pi.run("reboot", reboot({ needs }));
  }
  if (host.node) {
    pi.run("kernel", kernel());
  }
  return cooled?.result.apply(({ facts }) => facts.temperatureCelsius ?? "");
}

function gatewayStep({ site, vpcCidr, vpn }: SiteArgs): pulumi.Output<Step> {
  return pulumi.output(vpn.tunnels).apply((tunnels) =>
    vpnGateway({
      format: vpn.format,
      dataPath: vpn.dataPath,
      siteCidr: site.cidr,
      vpcCidr,
      customerGatewayAddress: site.publicAddress,
      tunnels,
    }),
  );
}

function agentStep(
  { region, cluster }: SiteArgs,
  host: string,
  { attributes }: NodeConfig,
): pulumi.Output<Step> {
  // A dead host's activation is gone with it; its step is kept as it is, whatever is said here.
  const { activationId, activationCode } = cluster.activations[host] ?? {
    activationId: "",
    activationCode: "",
  };
  return pulumi
    .all([region, cluster.clusterName, activationId, activationCode])
    .apply(([region, clusterName, activationId, activationCode]) =>
      ecsAgent({
        host,
        region,
        clusterName,
        attributes,
        activationId,
        activationCode,
        installer: cluster.installer,
      }),
    );
}
