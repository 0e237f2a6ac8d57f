/** Elastic Load Balancing v2: targets. API reference: RegisterTargets; NLB guide: "Register targets". */
import { z } from "zod";
import { AwsError, documented, type Provenance, reported } from "../../errors.ts";
import { kind, region } from "../../kind.ts";
import { vpc } from "../network/vpc.ts";
import { need } from "../shared/lookups.ts";
import { containsCidr } from "../shared/ranges.ts";
import { layer7, targetGroup } from "./target-group.ts";

/** Ranges that an address outside the VPC may be in. */
const outsideRanges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

const invalidTarget = (sentence: string, provenance: Provenance) =>
  new AwsError("ValidationError", sentence, provenance);

const schema = z.strictObject({
  targetGroupArn: z.string(),
  targetId: z.string(),
  port: z.int().min(1).max(65535).optional(),
  availabilityZone: z.string().optional(),
  region,
});

const targeted = (given: z.output<typeof schema>) => ({
  TargetGroupArn: given.targetGroupArn,
  Targets: [{ Id: given.targetId, Port: given.port, AvailabilityZone: given.availabilityZone }],
});

export const targetGroupAttachment = kind({
  type: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  api: ["Elastic Load Balancing v2", "Targets"],
  operations: { create: "RegisterTargets", delete: "DeregisterTargets" },
  inputs: schema,
  replaces: ["targetGroupArn", "targetId", "port", "availabilityZone", "region"],
  requests: {
    create: { RegisterTargets: targeted },
    read: { DescribeTargetHealth: targeted },
    delete: { DeregisterTargets: targeted },
  },
  create: (aws, { targetGroupArn, targetId, port, availabilityZone }) => {
    const { inputs } = need(
      aws,
      targetGroup,
      targetGroupArn,
      new AwsError(
        "TargetGroupNotFound",
        `Target groups '${targetGroupArn}' not found`,
        documented("Elastic Load Balancing API, RegisterTargets, errors: TargetGroupNotFound"),
      ),
    );
    if (inputs.targetType === "ip") {
      if (!z.ipv4().safeParse(targetId).success)
        throw invalidTarget(
          `The IP address '${targetId}' is not a valid IPv4 address`,
          reported("ansible-collections/community.aws#1441"),
        );
      const inside = containsCidr(vpc.get(aws, inputs.vpcId)?.inputs.cidrBlock ?? "0.0.0.0/32", targetId);
      // Sentences seen in kubernetes-sigs/aws-load-balancer-controller issues 561 and 3084.
      if (inside && availabilityZone === "all")
        throw invalidTarget(
          `The IP address '${targetId}' is within the VPC, and cannot have its Availability Zone overridden to 'all' from '${aws.region}a'`,
          reported("kubernetes-sigs/aws-load-balancer-controller#3084"),
        );
      if (!inside && availabilityZone === undefined)
        throw invalidTarget(
          `You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '${targetId}' is outside the VPC`,
          reported("kubernetes-sigs/aws-load-balancer-controller#561"),
        );
      if (!inside && !outsideRanges.some((r) => containsCidr(r, targetId)))
        throw invalidTarget(
          `The IP address '${targetId}' is not a valid target. Specify an address from the subnets of the VPC for the target group, or from ${outsideRanges.join(", ")}.`,
          documented("Elastic Load Balancing user guide, Network Load Balancers: Register targets"),
        );
      if (!inside && ["UDP", "TCP_UDP"].includes(inputs.protocol))
        throw invalidTarget(
          `The IP address '${targetId}' is outside the VPC, which is not supported by target groups with the protocol '${inputs.protocol}'`,
          documented("Elastic Load Balancing user guide, Network Load Balancers: Register targets"),
        );
      // CloudFormation, TargetDescription: with cross-zone load balancing off, an ALB accepts only an actual zone.
      const alb = layer7.includes(inputs.protocol);
      if (alb && availabilityZone === "all" && inputs.loadBalancingCrossZoneEnabled === "false")
        throw invalidTarget(
          `The Availability Zone 'all' is not supported for the target '${targetId}' because cross-zone load balancing is off for the target group`,
          documented(
            "AWS CloudFormation, AWS::ElasticLoadBalancingV2::TargetGroup TargetDescription: AvailabilityZone",
          ),
        );
    }
    const id = `${targetGroupArn}-${targetId}-${port ?? inputs.port}`;
    return { id };
  },
});
