/** WAF v2: web ACLs, and the load balancers that have one. API reference: AssociateWebACL. */
import { z } from "zod";
import { AwsError, documented, reported } from "../../errors.ts";
import { kind, oneOf, region, tags } from "../../kind.ts";
import { keyValue } from "../../requests/tags.ts";
import { need } from "../shared/lookups.ts";
import { loadBalancer } from "./load-balancer.ts";

/** Without rules of its own: it lets everything through. */
export const webAcl = kind({
  type: "aws:wafv2/webAcl:WebAcl",
  api: ["WAFV2", "WebACL"],
  operations: { update: "UpdateWebACL" },
  inputs: z.strictObject({ name: z.string(), scope: oneOf(["REGIONAL"]), tags, region }),
  replaces: ["name", "scope", "region"],
  requests: {
    create: {
      CreateWebACL: (given) => ({
        Name: given.name,
        Scope: given.scope,
        DefaultAction: { Allow: {} },
        VisibilityConfig: {
          SampledRequestsEnabled: false,
          CloudWatchMetricsEnabled: false,
          MetricName: given.name,
        },
        Tags: keyValue(given.tags),
      }),
    },
    read: {
      GetWebACL: (given, { id }) => ({ Name: given.name, Scope: given.scope, Id: id.split("/").at(-1) }),
    },
    delete: {
      DeleteWebACL: (given, { id, outputs }) => ({
        Name: given.name,
        Scope: given.scope,
        Id: id.split("/").at(-1),
        LockToken: outputs.lockToken,
      }),
    },
  },
  create: (aws, { name }) => {
    const arn = aws.arn("wafv2", `regional/webacl/${name}/${aws.ids.uuid()}`);
    return { id: arn, outputs: { arn, lockToken: aws.ids.uuid() } };
  },
  delete: (aws, { id }) => {
    if (aws.holders(id).length > 0)
      throw new AwsError(
        "WAFAssociatedItemException",
        "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.",
        documented("AWS WAF API, DeleteWebACL, errors: WAFAssociatedItemException"),
      );
  },
});

export const webAclAssociation = kind({
  type: "aws:wafv2/webAclAssociation:WebAclAssociation",
  api: ["WAFV2", "WebACL"],
  operations: { create: "AssociateWebACL", delete: "DisassociateWebACL" },
  inputs: z.strictObject({ resourceArn: z.string(), webAclArn: z.string(), region }),
  replaces: ["resourceArn", "webAclArn", "region"],
  holds: ["webAclArn"],
  // A resource has one web ACL: another association takes the place of the first, and to delete either removes it.
  key: "resourceArn",
  requests: {
    create: {
      AssociateWebACL: (given) => ({ ResourceArn: given.resourceArn, WebACLArn: given.webAclArn }),
    },
    read: { GetWebACLForResource: (given) => ({ ResourceArn: given.resourceArn }) },
    delete: { DisassociateWebACL: (given) => ({ ResourceArn: given.resourceArn }) },
  },
  create: (aws, { resourceArn, webAclArn }) => {
    const missing = new AwsError(
      "WAFNonexistentItemException",
      "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
      reported("kubernetes-sigs/aws-load-balancer-controller#2022"),
    );
    need(aws, webAcl, webAclArn, missing);
    if (need(aws, loadBalancer, resourceArn, missing).inputs.loadBalancerType === "network")
      throw new AwsError(
        "WAFInvalidParameterException",
        `Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes., field: RESOURCE_ARN, parameter: ${resourceArn}`,
        documented("AWS WAF API, AssociateWebACL: ResourceArn"),
      );
    return { id: `${webAclArn},${resourceArn}`, key: resourceArn };
  },
});
