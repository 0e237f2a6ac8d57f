import { script } from "../script.ts";
import type { Step } from "../step.ts";

/** Arguments of {@link staticRoute}. */
export interface StaticRouteArgs {
  /** IPv4 range, such as 10.0.0.0/16. */
  readonly destination: string;
  /** IPv4 address of the gateway, in the host's own network. */
  readonly gateway: string;
  /** Bytes of the largest packet on the route. Default: the interface's. */
  readonly mtu?: number;
}

/** What can keep the route; each has a file. */
const managers = ["netplan", "networkd", "network-manager", "dhcpcd", "ifupdown"];

/**
 * A route to the VPC via the gateway, kept across reboots by the program that configures the host's network: netplan,
 * systemd-networkd, NetworkManager, dhcpcd or ifupdown. Under the dead man's switch.
 *
 * Facts: `networkManager` (which of them), `interface`.
 */
export const staticRoute = ({ destination, gateway, mtu }: StaticRouteArgs): Step => ({
  name: "static-route",
  script: script(
    "shared/network-manager.sh",
    "shared/notes.sh",
    ...managers.map((manager) => `static-route/${manager}.sh`),
    "static-route.sh",
  ),
  variables: {
    DESTINATION: destination,
    GATEWAY: gateway,
    MTU: mtu ?? "",
    TARGET: firstAddress(destination),
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
