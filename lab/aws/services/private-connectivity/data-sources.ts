/** VPC endpoints as a data source of the provider: DescribeVpcEndpoints. */
import { z } from "zod";
import { dataSource } from "../../data-source.ts";
import { vpcEndpoint } from "./vpc-endpoint.ts";

export const getVpcEndpoint = dataSource("aws:ec2/getVpcEndpoint:getVpcEndpoint", (aws, args) => {
  const { id } = z.strictObject({ id: z.string() }).parse(args);
  const found = vpcEndpoint.get(aws, id);
  if (!found) throw new Error("no matching EC2 VPC Endpoint found");
  const {
    vpcId,
    serviceName,
    vpcEndpointType,
    routeTableIds = [],
    privateDnsEnabled,
    tags = {},
  } = found.inputs;
  return {
    id,
    arn: found.outputs.arn,
    privateDnsEnabled,
    region: aws.region,
    routeTableIds,
    serviceName,
    state: "available",
    tags,
    vpcEndpointType,
    vpcId,
  };
});
