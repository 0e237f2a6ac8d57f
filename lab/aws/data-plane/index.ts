/** The data plane of the lab: strongSwan endpoints, the VPC's routes, load balancers, interface endpoints, resolvers. */

import { dataPathOfThisKernel } from "../../world/data-path.ts";
import { setLoadBalancerNames } from "../../world/router.ts";
import { endpoints, vpc } from "../../world/topology.ts";
import { loadEndpoint, startEndpoint, swanctl } from "../../world/vpn-endpoint.ts";
import { configureBalancer, targetHealth } from "./balancer/client.ts";
import type { DataPlane, DesiredNetwork, ObservedNetwork } from "./contract.ts";
import { apply } from "./namespace.ts";
import { configureLinks } from "./private-link/client.ts";
import type { LinksConfig } from "./private-link/links.ts";
import { applyResolvers, resolversOf } from "./resolvers.ts";
import { endpointSide, vpcSide } from "./routing.ts";
import { applySecurity } from "./security.ts";
import { swanctlConf } from "./swanctl.ts";
import { choose, readTunnel, type TunnelState, tunnelState } from "./tunnels.ts";

const nothing: DesiredNetwork = {
  vpcs: [],
  vpnConnections: [],
  loadBalancers: [],
  endpoints: [],
  resolvers: [],
  forwarding: [],
};

/**
 * The interval at which the tunnels are checked. AWS fails over automatically when one of its own ends is gone ("VPN
 * tunnel options" in the user guide), without saying how quickly. It detects a broken path by dead peer detection,
 * after 30 s at the earliest, and so do these endpoints.
 */
const watchMs = 500;

/** What the interface endpoints pass requests on to, and the certificate that they present. */
export type Behind = Pick<LinksConfig, "upstream" | "certificate" | "key">;

export class LabDataPlane implements DataPlane {
  readonly #behind: Behind;
  #desired = nothing;
  #current: number | undefined;
  #tunnels: readonly TunnelState[] = endpoints.map(() => tunnelState(""));
  #last: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(behind: Behind) {
    this.#behind = behind;
    this.#timer = setInterval(() => this.#inTurn(() => this.#watch()).catch(console.error), watchMs);
  }

  reconcile(desired: DesiredNetwork): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#desired;
      this.#desired = desired;
      await Promise.all([
        ...endpoints.map((endpoint) => this.#endpoint(endpoint, before)),
        apply(vpc, vpcSide(desired, this.#current)),
        applySecurity(desired),
      ]);
      setLoadBalancerNames(Object.fromEntries(desired.loadBalancers.map((lb) => [lb.dnsName, lb.addresses])));
      // The addresses must exist before the listeners bind to them.
      await Promise.all([
        configureBalancer(desired.loadBalancers),
        configureLinks({ ...this.#behind, port: 443, endpoints: desired.endpoints }),
        applyResolvers(resolversOf(desired)),
      ]);
    });
  }

  async observe(): Promise<ObservedNetwork> {
    const tunnels = this.#tunnels.flatMap((state, i) => {
      const outsideAddress = endpoints[i]?.address;
      return outsideAddress === undefined ? [] : [{ outsideAddress, ...state }];
    });
    return { tunnels, targets: await targetHealth() };
  }

  /** Stops watching; the network stays as it is. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** Makes one change at a time. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const mine = this.#last.catch(() => undefined).then(change);
    this.#last = mine;
    return mine;
  }

  async #endpoint({ number, netns, address }: (typeof endpoints)[number], before: DesiredNetwork) {
    const dataPath = await dataPathOfThisKernel();
    const conf = swanctlConf(address, this.#desired, dataPath);
    const isSame = before !== nothing && conf === swanctlConf(address, before, dataPath);
    // Creates the interface that routes may lead to.
    if (!isSame) await startEndpoint(number);
    await apply(netns, endpointSide(this.#desired, number, address, dataPath));
    if (isSame) return;
    await loadEndpoint(number, conf);
    // strongSwan keeps the SAs of a connection that is gone or changed until they are terminated. AWS replaces the
    // tunnel's end when its options change, such as a pre-shared key, and the site has to connect again.
    const options = (network: DesiredNetwork, id: string) =>
      JSON.stringify(
        network.vpnConnections
          .find((vpn) => vpn.id === id)
          ?.tunnels.find(({ outsideAddress }) => outsideAddress === address),
      );
    const established = await swanctl(number, ["--list-sas", "--raw"]);
    const names = [...established.matchAll(/list-sa event \{(\S+) \{/g)].map(([, name = ""]) => name);
    for (const name of names) {
      const now = options(this.#desired, name);
      const isReplaced = before !== nothing && now !== options(before, name);
      if (now === undefined || isReplaced) await swanctl(number, ["--terminate", "--ike", name, "--force"]);
    }
  }

  async #watch(): Promise<void> {
    if (this.#desired.vpnConnections.length === 0) return;
    this.#tunnels = await Promise.all(endpoints.map(({ number }) => readTunnel(number)));
    const up = endpoints.filter((_, i) => this.#tunnels[i]?.up === true).map(({ number }) => number);
    const chosen = choose(this.#current, up);
    if (chosen === this.#current) return;
    this.#current = chosen;
    await apply(vpc, vpcSide(this.#desired, chosen));
  }
}
