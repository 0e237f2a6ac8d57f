import type { Program, Registered } from "../../program/registered.ts";
import { autoNamed, type Rows, serviceLinkedRole } from "../row.ts";

const balancerType = "aws:lb/loadBalancer:LoadBalancer";

/** Returns the part of a load balancer's ARNs that names it: `net/web-lb-*`. */
function balancerName({ name, inputs }: Registered): string {
  return `${inputs.loadBalancerType === "network" ? "net" : "app"}/${autoNamed(name, 32)}`;
}

/** Returns the ARNs of all load balancers of the program: which one a listener has is known only during the update. */
const balancers = ({ resources }: Program): readonly string[] =>
  resources.flatMap((resource) => (resource.type === balancerType ? [balancerName(resource)] : []));

/** `load-balancing`. Source: terraform-provider-aws, internal/service/elbv2. */
export const loadBalancing: Rows = {
  [balancerType]: {
    creates: "elasticloadbalancing:CreateLoadBalancer",
    create: ["elasticloadbalancing:ModifyLoadBalancerAttributes"],
    read: [
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeCapacityReservation",
    ],
    update: [
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
    ],
    delete: ["elasticloadbalancing:DeleteLoadBalancer", "ec2:DescribeNetworkInterfaces"],
    arns: (resource) => [`loadbalancer/${balancerName(resource)}/*`],
    grants: (_, place) => [serviceLinkedRole(place, "elasticloadbalancing.amazonaws.com")],
  },
  "aws:lb/targetGroup:TargetGroup": {
    creates: "elasticloadbalancing:CreateTargetGroup",
    create: ["elasticloadbalancing:ModifyTargetGroupAttributes"],
    read: ["elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetGroupAttributes"],
    update: ["elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes"],
    delete: ["elasticloadbalancing:DeleteTargetGroup"],
    arns: ({ name }) => [`targetgroup/${autoNamed(name, 32)}/*`],
  },
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": {
    create: ["elasticloadbalancing:RegisterTargets"],
    read: ["elasticloadbalancing:DescribeTargetHealth"],
    delete: ["elasticloadbalancing:DeregisterTargets"],
    arns: () => [],
  },
  "aws:lb/listener:Listener": {
    creates: "elasticloadbalancing:CreateListener",
    read: ["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeListenerAttributes"],
    update: ["elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes"],
    delete: ["elasticloadbalancing:DeleteListener"],
    arns: (_, program) => balancers(program).map((balancer) => `listener/${balancer}/*`),
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    read: [],
    delete: [],
    // Both resources are others', so the rights are on what the program names.
    grants: ({ inputs }, { arn }, program) => [
      {
        actions: [
          "elasticloadbalancing:GetLoadBalancerWebACL",
          "elasticloadbalancing:SetWebACL",
          "wafv2:AssociateWebACL",
          "wafv2:DisassociateWebACL",
          "wafv2:GetWebACL",
          "wafv2:GetWebACLForResource",
        ],
        resources: [
          String(inputs.webAclArn),
          ...balancers(program).map((balancer) => arn("elasticloadbalancing", `loadbalancer/${balancer}/*`)),
        ],
      },
    ],
  },
};
