/** The programs that can configure eth0, each with the files that it keeps on the host. */
import { type Part, state } from "./host.ts";

/** netplan over networkd. `refuses`: what it prints when it refuses its files. */
export function netplan({ refuses }: { readonly refuses?: string } = {}): Part {
  return (host) => {
    host.write(
      "/run/systemd/netif/links/2",
      "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-home.network\n",
    );
    host.write("/etc/netplan/10-home.yaml", "network: {}\n", 0o600);
    if (refuses !== undefined) host.write(`${state}/netplan-refuses`, `${refuses}\n`);
  };
}

/** systemd-networkd by its own files. */
export const networkd: Part = (host) =>
  host.write("/run/systemd/netif/links/2", "NETWORK_FILE=/etc/systemd/network/10-eth0.network\n");

/** NetworkManager. `runtimeProfile`: name of a profile that netplan made under /run. Default: none. */
export function networkManager({ runtimeProfile }: { readonly runtimeProfile?: string } = {}): Part {
  return (host) => {
    host.write("/run/NetworkManager/devices/2", "[device]\nmanaged=true\nconnection-uuid=11-22\n");
    host.write(
      "/etc/NetworkManager/system-connections/home.nmconnection",
      "[connection]\nuuid=11-22\n[ipv4]\n",
      0o600,
    );
    if (runtimeProfile !== undefined)
      host.write(`/run/NetworkManager/system-connections/${runtimeProfile}.nmconnection`, "uuid=11-22\n");
  };
}

/** dhcpcd, with a hook of the host's owner. */
export const dhcpcd: Part = (host) => {
  host.write("/run/dhcpcd/eth0-4.pid", "1\n");
  host.write("/etc/dhcpcd.exit-hook", "echo theirs >/dev/null\n");
};

export const ifupdown: Part = (host) => host.write("/run/network/ifstate.eth0", "eth0\n");

/** eth0 is Wi-Fi. */
export const wireless: Part = (host) => host.write("/sys/class/net/eth0/wireless/x", "");

/** The host's own tunnels carry traffic for the VPC. */
export const tunnels: Part = (host) => host.write(`${state}/tunnels`, "");
