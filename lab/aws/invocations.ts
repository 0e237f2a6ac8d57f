/** Data sources of the simulated AWS: Pulumi functions, by token. */
import type { Aws } from "./aws.ts";
import type { Properties } from "./kind.ts";
import { describeEndpointService } from "./services/endpoint-services.ts";

export const invocations: Readonly<Record<string, (aws: Aws, args: Properties) => Properties>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": (aws) => ({
    accountId: aws.account,
    arn: `arn:${aws.partition}:iam::${aws.account}:user/lab`,
    id: aws.account,
    userId: "AIDALABLABLABLABLABLA",
  }),
  "aws:index/getRegion:getRegion": (aws) => ({
    id: aws.region,
    region: aws.region,
    name: aws.region,
    endpoint: `ec2.${aws.region}.amazonaws.com`,
    description: `${aws.region} (simulated)`,
  }),
  "aws:index/getPartition:getPartition": (aws) => ({
    id: aws.partition,
    partition: aws.partition,
    dnsSuffix: aws.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:ec2/getVpcEndpointService:getVpcEndpointService": describeEndpointService,
};
