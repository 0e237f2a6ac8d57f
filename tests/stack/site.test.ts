import test from "ava";
import type { HybridConfig } from "../../config/schema.ts";
import { buildCluster } from "../../stack/cluster.ts";
import { buildVpn } from "../../stack/connectivity.ts";
import { buildNetwork } from "../../stack/network.ts";
import { buildPrivateConnectivity } from "../../stack/private-connectivity.ts";
import { buildSite } from "../../stack/site.ts";
import { district } from "./district.ts";

function build(config: HybridConfig & { readonly region: string }) {
  const network = buildNetwork(config);
  return buildSite(config, {
    network,
    vpn: buildVpn(config, network),
    privateConnectivity: buildPrivateConnectivity(config, network),
    cluster: buildCluster(config),
  });
}

test.serial("the VPN releases the gateway, the gateway the routes, the routes the agents", async (t) => {
  const { waitsFor } = await district(t, "home", build);
  for (const resource of ["vpn-connection", "vpn-route-192.168.1.0/24", "vpn-propagation-us-east-1a"])
    waitsFor("pi-gateway-vpn-gateway", resource);
  for (const pi of ["pi-1", "pi-2", "pi-3"]) {
    waitsFor(`${pi}-static-route`, "pi-gateway-vpn-gateway");
    waitsFor(`${pi}-ecs-agent`, `${pi}-static-route`);
    waitsFor(`${pi}-ecs-agent`, `cluster-${pi}-0`);
  }
});

test.serial(
  "endpoints and the inbound resolver release DNS, DNS the preflight, the preflight the agents",
  async (t) => {
    const { waitsFor } = await district(t, "private", build);
    for (const host of ["node-1", "node-2"]) {
      waitsFor(`${host}-dns-forwarding`, "inbound-resolver-endpoint");
      waitsFor(`${host}-preflight`, `${host}-dns-forwarding`);
      waitsFor(`${host}-ecs-agent`, `${host}-preflight`);
      for (const service of ["ecs-agent", "ecs", "ssm", "s3", "logs"])
        waitsFor(`${host}-preflight`, `endpoints-${service}`);
      // The addresses come with the endpoints; the rules that let the site in have no output to wait for.
      for (const step of [`${host}-dns-forwarding`, `${host}-preflight`]) {
        waitsFor(step, "endpoints-from-192.168.1.0/24");
        for (const protocol of ["tcp", "udp"])
          waitsFor(step, `inbound-resolver-${protocol}-from-192.168.1.0/24`);
      }
    }
  },
);

test.serial("without endpoints no host forwards DNS", async (t) => {
  const { resources } = await district(t, "home", build);
  t.false(resources.some(({ name }) => /-(dns-forwarding|preflight)$/.test(name)));
});
