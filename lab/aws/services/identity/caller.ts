/** The caller's account, Region and partition, as data sources. */
import { dataSource } from "../../data-source.ts";

export const getCallerIdentity = dataSource("aws:index/getCallerIdentity:getCallerIdentity", (aws) => ({
  accountId: aws.account,
  arn: `arn:${aws.partition}:iam::${aws.account}:user/lab`,
  id: aws.account,
  userId: "AIDALABLABLABLABLABLA",
}));

export const getRegion = dataSource("aws:index/getRegion:getRegion", (aws) => ({
  id: aws.region,
  region: aws.region,
  name: aws.region,
  endpoint: `ec2.${aws.region}.amazonaws.com`,
  description: `${aws.region} (simulated)`,
}));

export const getPartition = dataSource("aws:index/getPartition:getPartition", (aws) => ({
  id: aws.partition,
  partition: aws.partition,
  dnsSuffix: aws.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
  reverseDnsPrefix: "com.amazonaws",
}));
