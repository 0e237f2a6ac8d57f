import test from "ava";
import { buildVpn } from "../../stack/connectivity.ts";
import { buildNetwork } from "../../stack/network.ts";
import { district } from "./district.ts";

test("every route table of the VPC learns the way to the site, also that of the public subnets", async (t) => {
  const { resources, find } = await district(t, "home", (config) => buildVpn(config, buildNetwork(config)));
  t.is(find("vpn-route-192.168.1.0/24")?.inputs.destinationCidrBlock, "192.168.1.0/24");
  for (const table of ["private-us-east-1a", "private-us-east-1b", "public"])
    t.is(
      find(`vpn-propagation-${table.replace("private-", "")}`)?.inputs.routeTableId,
      find(`network-${table}`)?.id,
      table,
    );
  t.is(resources.filter(({ type }) => type.endsWith(":VpnGatewayRoutePropagation")).length, 3);
});
