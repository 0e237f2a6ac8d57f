/** What a stack that is up cannot change in one `up`: rules between the configuration and what the stack's state has. */
import type { PerTunnel } from "../../limits/connectivity.ts";
import { type Problem, problemIf } from "../../limits/problem.ts";
import { eligibleNodes } from "../../limits/service/placement.ts";
import type { HybridConfig } from "../schema.ts";
import { nodesOf } from "../views.ts";
import { clashes, hostPortsOf } from "./service/host-ports.ts";

/** A stack as its last `up` or `destroy` left it, also one that failed halfway. What it does not have is absent. */
export interface Former {
  /** Where its resources are. */
  readonly region?: string | undefined;
  readonly vpc?: FormerVpc | undefined;
  /** Id of the VPN gateway that the stack created. */
  readonly ownVpnGateway?: string | undefined;
  /** The /30 inside each tunnel of the VPN connection. */
  readonly insideCidrs?: PerTunnel<string> | undefined;
  /** Name of the cluster that the stack created. */
  readonly ownCluster?: string | undefined;
  /** ARN of the key that the stack created. */
  readonly ownKey?: string | undefined;
  /** By the service's key in `services`. */
  readonly services: Readonly<Record<string, FormerService>>;
}

export interface FormerVpc {
  readonly id: string;
  /** The range of a VPC that the stack created; undefined for one that it only uses. */
  readonly ownCidr?: string | undefined;
}

export interface FormerService {
  /** Number of its tasks. */
  readonly tasks: number;
  /** Ports of its nodes, as `tcp/8080`. */
  readonly ports: readonly string[];
  /** Attributes that its nodes must have. */
  readonly attributes: Readonly<Record<string, string>>;
}

type FormerRule = (config: HybridConfig, region: string, former: Former) => readonly Problem[];

const destroy = "run `pulumi destroy` before the change";

const region: FormerRule = (_config, region, former) =>
  problemIf(former.region !== undefined && former.region !== region, {
    field: "aws:region",
    value: region,
    rule: `must stay ${former.region}, where the stack's resources are: in another Region all of them would be others, and every node would have to join another cluster`,
    remedy: `set it back, or create a stack for the other Region, or ${destroy}`,
  });

/** The VPC, and with it the place of almost everything else. */
const vpc: FormerRule = ({ network }, _region, { vpc }) => {
  if (vpc === undefined) return [];
  const { id, ownCidr } = vpc;
  const { existing, cidr } = network;
  if (existing && ownCidr !== undefined && existing.vpcId === id)
    return [
      {
        field: "network.existing.vpcId",
        value: id,
        rule: "must not be the VPC that the stack created, which the `up` would delete",
        remedy: "remove network.existing",
      },
    ];
  if (existing && existing.vpcId !== id)
    return [
      {
        field: "network.existing.vpcId",
        value: existing.vpcId,
        rule: `must stay ${id}, ${ownCidr === undefined ? "where the stack's resources are" : "the VPC that the stack created"}: AWS moves nothing to another VPC`,
        remedy: `${ownCidr === undefined ? "set it back" : "remove network.existing"}, or ${destroy}`,
      },
    ];
  if (!existing && ownCidr === undefined)
    return [
      {
        field: "network.existing",
        value: "(missing)",
        rule: `must stay ${id}, where the stack's resources are: AWS moves nothing to another VPC`,
        remedy: `set it back, or ${destroy}`,
      },
    ];
  return problemIf(!existing && ownCidr !== cidr, {
    field: "network.cidr",
    value: cidr,
    rule: `must stay ${ownCidr}, the range of the VPC that the stack has: AWS cannot change it, and moves nothing to another VPC`,
    remedy: `set it back, with more ranges in network.secondaryCidrs if addresses are short, or ${destroy}`,
  });
};

/** A VPC has one VPN gateway at most. */
const vpnGateway: FormerRule = ({ vpn }, _region, { ownVpnGateway }) =>
  problemIf(vpn.vpnGatewayId !== undefined && ownVpnGateway !== undefined, {
    field: "vpn.vpnGatewayId",
    value: String(vpn.vpnGatewayId),
    rule: `must not be given while the stack has a VPN gateway of its own, ${ownVpnGateway}: a VPC has one at most`,
    remedy: `remove it, or ${destroy}`,
  });

/**
 * AWS changes one tunnel at a time, and takes no range twice.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpnTunnelOptions.html,
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
 */
const insideRanges: FormerRule = ({ vpn }, _region, { insideCidrs }) =>
  (
    [
      ["tunnel1", "tunnel2"],
      ["tunnel2", "tunnel1"],
    ] as const
  ).flatMap(([tunnel, other]) =>
    problemIf(vpn.insideCidrs[tunnel] === insideCidrs?.[other], {
      field: `vpn.insideCidrs.${tunnel}`,
      value: vpn.insideCidrs[tunnel],
      rule: `must not be what ${other} has: AWS changes one tunnel at a time, and takes no range twice`,
      remedy: "choose a range that neither tunnel has, and take this one in a later `up`",
    }),
  );

/** A cluster of the stack's own ends with the `up` that uses another one. */
const cluster: FormerRule = ({ cluster: { existing } }, _region, { ownCluster }) =>
  problemIf(existing !== undefined && existing.name === ownCluster, {
    field: "cluster.existing.name",
    value: String(existing?.name),
    rule: "must not be the cluster that the stack created, which the `up` would delete with its services still there",
    remedy: "remove cluster.existing, or name another cluster",
  });

/** So does its key. */
const key: FormerRule = ({ cluster: { keyArn } }, _region, { ownKey }) =>
  problemIf(keyArn !== undefined && keyArn === ownKey, {
    field: "cluster.keyArn",
    value: String(keyArn),
    rule: "must not be the key that the stack created, which the `up` would delete",
    remedy: "remove cluster.keyArn, or name another key",
  });

/** An `up` deletes a service when all others run; so no other one can wait for its port. */
const heldPorts: FormerRule = (config, _region, former) => {
  const nodes = nodesOf(config);
  const entries = Object.entries(config.services);
  const isThere = (name: string) => Object.hasOwn(former.services, name);
  // A service that is there keeps its own resources, whatever it says that it was called.
  const renamed = new Set(
    entries.flatMap(([name, { formerly }]) => (formerly === undefined || isThere(name) ? [] : [formerly])),
  );
  const kept = new Set([...entries.map(([name]) => name), ...renamed]);
  const claimed = new Set(entries.map(([, { formerly }]) => formerly));
  const mayBeRenamed = (name: string, holder: string) =>
    !isThere(name) && config.services[name]?.formerly === undefined && !claimed.has(holder);
  const taker = (name: string, tasks: number, attributes: Readonly<Record<string, string>>) => {
    const eligible = eligibleNodes(nodes, { attributes });
    return { name, tasks: Math.min(tasks, eligible.length), nodes: eligible };
  };
  const removed = Object.entries(former.services).filter(([name]) => !kept.has(name));
  return [...new Set(removed.flatMap(([, { ports }]) => ports))].flatMap((port) => {
    const leaving = removed
      .filter(([, { ports }]) => ports.includes(port))
      .map(([name, { tasks, attributes }]) => taker(name, tasks, attributes));
    const coming = entries
      .filter(([, service]) => hostPortsOf(service).includes(port))
      .map(([name, { desiredCount, placement }]) => taker(name, desiredCount, placement.attributes));
    return clashes([...leaving, ...coming]).flatMap(({ takers }) => {
      const holder = takers.find((one) => leaving.includes(one));
      const last = takers.at(-1);
      return problemIf(holder !== undefined && last !== undefined, {
        field: `services.${last?.name}.network.ports`,
        value: port,
        rule: `must not be taken over from services.${holder?.name} in the \`up\` that removes it, which goes only when services.${last?.name} runs`,
        remedy:
          holder && last && mayBeRenamed(last.name, holder.name)
            ? `add \`formerly: ${holder.name}\` to services.${last.name}`
            : `run \`pulumi up\` without services.${holder?.name} and without this port of services.${last?.name}, then add the port`,
      });
    });
  });
};

const rules: readonly FormerRule[] = [region, vpc, vpnGateway, insideRanges, cluster, key, heldPorts];

/** Returns why a stack cannot become what the configuration says. */
export function problemsWithFormer(config: HybridConfig, region: string, former: Former): readonly Problem[] {
  return rules.flatMap((rule) => rule(config, region, former));
}
