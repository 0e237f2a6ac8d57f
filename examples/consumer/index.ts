/**
 * A separate project that builds on a home lab. It knows only the lab's outputs, with their types. It keeps the page's
 * address in Parameter Store, so that an application finds it under a name that stays.
 */
import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import * as pulumi from "@pulumi/pulumi";
import { hybridOutputs } from "ecs-anywhere-hybrid/outputs";

const home = new pulumi.Config().require("home");
const { cluster, loadBalancers, nodes } = hybridOutputs(home);

const page = loadBalancers.apply(({ web }) => {
  if (web === undefined) {
    throw new Error(
      `loadBalancers.web: (missing): must be a load balancer of the stack ${home}; add it there, or name another here`,
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
