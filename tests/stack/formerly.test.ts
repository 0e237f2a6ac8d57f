/** What is renamed in a stack file is, for Pulumi, what the stack had: every resource, and nothing else. */
import test from "ava";
import type { HybridConfig } from "../../config/schema.ts";
import { buildCluster } from "../../stack/cluster.ts";
import { buildVpn } from "../../stack/connectivity.ts";
import { buildLoadBalancers } from "../../stack/load-balancing.ts";
import { buildNetwork } from "../../stack/network.ts";
import { buildPrivateConnectivity } from "../../stack/private-connectivity.ts";
import { buildServices } from "../../stack/service.ts";
import { buildSite } from "../../stack/site.ts";
import type { Registered } from "../support/mocks.ts";
import type { Settings } from "../support/program.ts";
import { district } from "./district.ts";

function build(config: HybridConfig & { readonly region: string }) {
  const network = buildNetwork(config);
  const privateConnectivity = buildPrivateConnectivity(config, network);
  const cluster = buildCluster(config);
  const vpn = buildVpn(config, network);
  const site = buildSite(config, { network, vpn, privateConnectivity, cluster });
  buildServices(config, cluster, site.ready);
  buildLoadBalancers(config, network, privateConnectivity);
}

const names: Readonly<Record<string, string>> = {
  "pi-gateway": "cellar",
  "pi-1": "kitchen",
  "pi-2": "attic",
  "pi-3": "garage",
  hits: "counter",
  redis: "valkey",
  web: "front",
};
const renamed = (name: string) => names[name] ?? name;

/** Entries under their new names. */
function renamedEntries(entries: unknown): Settings {
  return Object.fromEntries(
    Object.entries(entries as Readonly<Record<string, object>>).map(([name, entry]) => [
      renamed(name),
      { ...entry, formerly: name },
    ]),
  );
}

/** Renames everything that has a name, as an owner would: what refers to it, too. */
function renameAll({ site, hosts, services, loadBalancers, ...others }: Settings): Settings {
  const { gateway, ...more } = site as { readonly gateway: string };
  const balancers = Object.entries(renamedEntries(loadBalancers)).map(([name, balancer]) => {
    const { service, ...rest } = balancer as { readonly service: string };
    return [name, { ...rest, service: renamed(service) }];
  });
  return {
    ...others,
    site: { ...more, gateway: renamed(gateway) },
    hosts: renamedEntries(hosts),
    services: renamedEntries(services),
    loadBalancers: Object.fromEntries(balancers),
  };
}

const typeAndName = ({ type, name }: Pick<Registered, "type" | "name">) => `${type}::${name}`;

test.serial(
  "renamed hosts, services and load balancers are what the stack had under their earlier names, each by an alias of its own",
  async (t) => {
    const before = (await district(t, "home", build)).resources.map(typeAndName);
    const { resources } = await district(t, "home", build, renameAll);
    const had = new Set(before);
    const formerNameOf = ({ type, name, aliases }: Registered) =>
      aliases.find((alias) => had.has(typeAndName({ type, name: alias }))) ?? name;
    t.deepEqual(
      resources.map((resource) => typeAndName({ ...resource, name: formerNameOf(resource) })).toSorted(),
      before.toSorted(),
    );
    t.is(new Set(resources.map(({ urn }) => urn)).size, resources.length);
    t.deepEqual(
      resources.filter((resource) => resource.aliases.length > 0 && had.has(typeAndName(resource))),
      [],
      "what keeps its name has no alias",
    );
    t.deepEqual(resources.find(({ name }) => name === "front-target/192.168.1.101")?.aliases, [
      "web-target/192.168.1.101",
    ]);
  },
);
