/**
 * A project of its own that builds on a home lab: it knows the lab by its outputs alone, with their types. Here it
 * keeps the page's address in Parameter Store, where any application can look it up by a name that stays.
 */
import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import * as pulumi from "@pulumi/pulumi";
import { hybridOutputs } from "ecs-anywhere-hybrid/outputs";

const home = new pulumi.Config().require("home");
const { cluster, loadBalancers, nodes } = hybridOutputs(home);

const page = loadBalancers.apply(({ web }) => {
  if (web === undefined) {
    throw new Error(
      `loadBalancers.web: (missing): the stack ${home} has no such load balancer; add it there, or name another here`,
    );
  }
  return web.url;
});

new Parameter("page", {
  name: "/home/page",
  description: pulumi.interpolate`The hit counter on the nodes of cluster ${cluster.name}`,
  type: "String",
  value: page,
});

export const pageUrl = page;
export const nodeAddresses = nodes.apply((byName) => Object.values(byName).map(({ address }) => address));
