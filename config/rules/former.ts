/** What a stack that is up cannot change in one `up`: rules between the configuration and what the stack's state has. */
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

/** An `up` deletes a service when all others run; so no other one can wait for its port. */
const heldPorts: FormerRule = (config, _region, former) => {
  const nodes = nodesOf(config);
  const entries = Object.entries(config.services);
  const namesOf = (name: string, { formerly }: { readonly formerly?: string | undefined }) =>
    formerly === undefined ? [name] : [name, formerly];
  const kept = new Set(entries.flatMap(([name, service]) => namesOf(name, service)));
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
        remedy: `add \`formerly: ${holder?.name}\` to services.${last?.name}, or remove services.${holder?.name} in an \`up\` of its own`,
      });
    });
  });
};

const rules: readonly FormerRule[] = [region, vpc, vpnGateway, heldPorts];

/** Returns why a stack cannot become what the configuration says. */
export function problemsWithFormer(config: HybridConfig, region: string, former: Former): readonly Problem[] {
  return rules.flatMap((rule) => rule(config, region, former));
}
