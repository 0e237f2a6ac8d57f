import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
import type * as pulumi from "@pulumi/pulumi";
import { groupRulesProblems } from "../../limits/network.ts";
import { throwIfAny } from "../../limits/problem.ts";
import { tags } from "./tags.ts";

/** One way through a security group: to one port, from or to one range. */
export interface AccessRule {
  /**
   * Names the rule after its component, for example `443-from-10.0.0.0/16`: by the range, and not by whose range it is. AWS takes
   * a rule only once, so the rule of a range that changes hands must stay the same one.
   */
  readonly role: string;
  readonly direction: "from" | "to";
  /** IPv4 range. */
  readonly cidr: string;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** A security group that lets through only what its rules say, in both directions. */
export interface AccessGroup {
  readonly id: pulumi.Output<string>;
  /** The rules. A resource that connects must wait for them. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * Creates a component's security group, `<name>-access`, with a resource for each rule, so that a change of one keeps the others.
 *
 * @throws RunError when there are more rules in one direction than AWS takes
 */
export function accessGroup(
  parent: pulumi.Resource,
  name: string,
  args: {
    readonly vpcId: pulumi.Input<string>;
    readonly description: string;
    readonly rules: readonly AccessRule[];
  },
): AccessGroup {
  for (const direction of ["from", "to"] as const) {
    const count = args.rules.filter((rule) => rule.direction === direction).length;
    throwIfAny(groupRulesProblems(name, count));
  }
  const group = new SecurityGroup(
    `${name}-access`,
    { vpcId: args.vpcId, description: args.description, tags: tags(`${name}-access`) },
    { parent },
  );
  const ready = args.rules.map(({ role, direction, cidr, protocol, port }) => {
    const rule = `${name}-${role}`;
    const Rule = direction === "from" ? SecurityGroupIngressRule : SecurityGroupEgressRule;
    return new Rule(
      rule,
      {
        securityGroupId: group.id,
        cidrIpv4: cidr,
        ipProtocol: protocol,
        fromPort: port,
        toPort: port,
        tags: tags(rule),
      },
      { parent },
    );
  });
  return { id: group.id, ready };
}
