import type { Script } from "../../step.ts";

/**
 * Sets `interface` (where it is empty: by which `gateway` is reached) and `manager` (who configures it): netplan, networkd,
 * networkmanager, dhcpcd or ifupdown; with `id`, `network_file` or `uuid` as the manager needs it. From what they keep
 * under /run, which takes no call of theirs.
 *
 * netplan comes first: it only writes files for networkd or NetworkManager, and would overwrite what stood there.
 */
export const findManager: Script = `
find_interface() {
  [ -z "$interface" ] || return 0
  hop=$(ip -o route get "$gateway")
  case $hop in
    *" via "* | local*)
      fail gateway "$gateway: $hop" "must be another host of this host's own network" "name the gateway's address in the site"
      ;;
  esac
  interface=\${hop##* dev }
  interface=\${interface%% *}
}

value_of() {
  sed -n "s/^$1=//p" "$2" 2>/dev/null | head -n 1
}

dhcpcd_runs() {
  for pid in "$ROOT/run/dhcpcd/$interface"*.pid "$ROOT/run/dhcpcd/pid" "$ROOT/run/dhcpcd"*.pid; do
    [ ! -e "$pid" ] || return 0
  done
  return 1
}

find_manager() {
  find_interface
  manager=
  # Asked of the kernel: in a container, /sys/class/net may be that of another network namespace.
  index=$(ip -o link show dev "$interface") || index=none
  index=\${index%%:*}
  network_file=$(value_of NETWORK_FILE "$ROOT/run/systemd/netif/links/$index")
  uuid=$(value_of connection-uuid "$ROOT/run/NetworkManager/devices/$index")
  case $network_file in
    /run/systemd/network/*netplan-*)
      manager=netplan
      id=\${network_file##*netplan-}
      id=\${id%.network}
      ;;
    /*) manager=networkd ;;
  esac
  [ -z "$manager" ] || return 0
  if [ -n "$uuid" ]; then
    manager=networkmanager
    # Written by netplan, for NetworkManager to carry out: netplan-ID, on Wi-Fi netplan-ID-SSID.
    profile=$(grep -ls "^uuid=$uuid" "$ROOT"/run/NetworkManager/system-connections/netplan-* | head -n 1)
    [ -n "$profile" ] || return 0
    id=\${profile##*/netplan-}
    id=\${id%.nmconnection}
    case $id in
      # NetworkManager's own profile, which it has netplan keep for it.
      NM-*) ;;
      "$interface" | "$interface"-*)
        manager=netplan
        id=$interface
        ;;
      *) manager=netplan ;;
    esac
  elif dhcpcd_runs; then
    manager=dhcpcd
  elif [ -e "$ROOT/run/network/ifstate.$interface" ] || grep -qs "^$interface=" "$ROOT/run/network/ifstate"; then
    manager=ifupdown
  else
    fail "network" "$interface is configured by none of netplan, systemd-networkd, NetworkManager, dhcpcd, ifupdown" \\
      "one of them must do it, so that the route outlives a reboot" "have one of them configure $interface"
  fi
}

# As netplan sorts its definitions.
netplan_type() {
  class=$ROOT/sys/class/net/$interface
  if [ -e "$class/wireless" ]; then
    echo wifis
  elif [ -e "$class/bridge" ]; then
    echo bridges
  elif [ -e "$class/bonding" ]; then
    echo bonds
  elif [ -e "$ROOT/proc/net/vlan/$interface" ]; then
    echo vlans
  else
    echo ethernets
  fi
}
`;
