import test from "ava";
import { buildNetwork } from "../../stack/network.ts";
import { district } from "./district.ts";

const countOf = (resources: readonly { readonly type: string }[], type: string) =>
  resources.filter((resource) => resource.type.endsWith(`:${type}`)).length;

test.serial("without public subnets there is no route to the internet", async (t) => {
  const { resources } = await district(t, "private", buildNetwork);
  t.is(countOf(resources, "InternetGateway"), 0);
  t.is(countOf(resources, "NatGateway"), 0);
});

test.serial("public subnets have an internet gateway, and NAT gateways as the stack says", async (t) => {
  const { resources } = await district(t, "home", buildNetwork, ({ network, ...others }) => ({
    ...others,
    network: { ...(network as object), publicSubnets: true, natGateways: "per-zone" },
  }));
  t.is(countOf(resources, "InternetGateway"), 1);
  t.is(countOf(resources, "NatGateway"), 2);
});
