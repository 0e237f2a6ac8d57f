/** What a stack puts into the subnets of each zone. */
import type { Takers, ZoneTakers } from "../../limits/network/room.ts";
import type { HybridConfig, LoadBalancerConfig } from "../schema.ts";
import { publicZonesOf } from "../views.ts";

/** Returns what the subnets of each zone hold, by zone. */
export function takersOf(
  config: Pick<HybridConfig, "network" | "privateEndpoints" | "resolver" | "loadBalancers">,
): Readonly<Record<string, ZoneTakers>> {
  const { network, privateEndpoints, resolver } = config;
  const publicZones = publicZonesOf(network);
  const zonesOfEndpoints = privateEndpoints?.zones ?? network.zones;
  const { inbound, outbound } = resolver;
  const inboundZones = inbound?.addresses ? Object.keys(inbound.addresses) : network.zones;
  const nats = { none: [], single: publicZones.slice(0, 1), "per-zone": publicZones };
  const zonesOfNats: readonly string[] = nats[network.natGateways ?? "none"];
  const of = (scheme: LoadBalancerConfig["scheme"], type: LoadBalancerConfig["type"]) =>
    Object.values(config.loadBalancers).filter((one) => one.scheme === scheme && one.type === type).length;
  const balancers = (scheme: LoadBalancerConfig["scheme"]) => ({
    networkBalancers: of(scheme, "network"),
    applicationBalancers: of(scheme, "application"),
  });
  return Object.fromEntries(
    network.zones.map((zone) => {
      const inPrivate: Takers = {
        endpoints: zonesOfEndpoints.includes(zone) ? (privateEndpoints?.services.length ?? 0) : 0,
        resolvers: (inbound && inboundZones.includes(zone) ? 1 : 0) + (outbound ? 1 : 0),
        natGateways: 0,
        ...balancers("internal"),
      };
      const inPublic: Takers = {
        ...nothing,
        ...(publicZones.includes(zone) ? balancers("internet-facing") : {}),
        natGateways: zonesOfNats.includes(zone) ? 1 : 0,
      };
      return [zone, { private: inPrivate, public: inPublic }];
    }),
  );
}

const nothing: Takers = {
  endpoints: 0,
  resolvers: 0,
  networkBalancers: 0,
  applicationBalancers: 0,
  natGateways: 0,
};
