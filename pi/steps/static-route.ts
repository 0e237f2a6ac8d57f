import { script } from "../script.ts";
import type { Step } from "../step.ts";

/** Arguments of {@link staticRoute}. */
export interface StaticRouteArgs {
  /** IPv4 ranges, such as `["10.0.0.0/16"]`. */
  readonly destinations: readonly string[];
  /** IPv4 address of the gateway. */
  readonly gateway: string;
  /** Whether a router may be between the host and the gateway. Default: no. */
  readonly routed?: boolean;
  /** Bytes of the largest packet on the route. Default: the interface's. */
  readonly mtu?: number;
}

/** What can keep the route; each has a file. */
const managers = ["netplan", "networkd", "network-manager", "dhcpcd", "ifupdown"];

/**
 * Routes to the VPC via the gateway, or via the router that knows the way to the gateway, kept across reboots by the program that configures the host's network: netplan,
 * systemd-networkd, NetworkManager, dhcpcd or ifupdown. Under the dead man's switch.
 *
 * Facts: `networkManager` (which of them), `interface`.
 */
export const staticRoute = ({ destinations, gateway, routed = false, mtu }: StaticRouteArgs): Step => ({
  name: "static-route",
  script: script(
    "shared/network-manager.sh",
    "shared/notes.sh",
    ...managers.map((manager) => `static-route/${manager}.sh`),
    "static-route.sh",
  ),
  variables: {
    DESTINATIONS: destinations.join(" "),
    GATEWAY: gateway,
    ROUTED: routed ? "yes" : "",
    MTU: mtu ?? "",
    TARGETS: destinations.map(firstAddress).join(" "),
  },
  settleSeconds: 15,
  deadMansSwitchSeconds: 60,
});

/** Returns an address inside the range that no router takes for a network's own. */
function firstAddress(range: string): string {
  const [base = ""] = range.split("/");
  const last = base.lastIndexOf(".") + 1;
  return range.endsWith("/32") ? base : `${base.slice(0, last)}${Number(base.slice(last)) + 1}`;
}
