# Tells which program configures an interface, from what the network managers keep under /run, without calling them.

# Sets manager to what configures $interface: netplan, networkd, networkmanager, dhcpcd or ifupdown; with id (netplan),
# network_file (networkd) or uuid (networkmanager).
#
# netplan comes first: it only writes files for networkd or NetworkManager, and would overwrite a change to these.
find_manager() {
  local index
  manager=
  # Asked of the kernel: in a container, /sys/class/net may be that of another network namespace.
  index=$(ip -o link show dev "$interface") || index=none
  index=${index%%:*}
  network_file=$(print_value NETWORK_FILE "$ROOT/run/systemd/netif/links/$index")
  uuid=$(print_value connection-uuid "$ROOT/run/NetworkManager/devices/$index")
  case $network_file in
    /run/systemd/network/*netplan-*)
      manager=netplan
      id=${network_file##*netplan-}
      id=${id%.network}
      ;;
    /*) manager=networkd ;;
  esac
  if [ -n "$manager" ]; then
    return
  elif [ -n "$uuid" ]; then
    find_profile_manager
  elif dhcpcd_runs; then
    manager=dhcpcd
  elif [ -e "$ROOT/run/network/ifstate.$interface" ] || grep -qs "^$interface=" "$ROOT/run/network/ifstate"; then
    manager=ifupdown
  else
    fail network "$interface is not configured by netplan, systemd-networkd, NetworkManager, dhcpcd or ifupdown" \
      "must be configured by one of them, so that it outlives a reboot" "let one of them configure $interface"
  fi
}

# NAME FILE: prints the value of the first line NAME=VALUE. Starts no process, since every run calls it.
print_value() {
  local line
  [ -e "$2" ] || return 0
  while IFS= read -r line; do
    case $line in
      "$1="*)
        printf '%s\n' "${line#*=}"
        return
        ;;
    esac
  done <"$2"
}

# Sets manager, and id, to what keeps NetworkManager's profile $uuid: NetworkManager itself, or netplan, which writes
# netplan-ID, or on Wi-Fi netplan-ID-SSID, for NetworkManager to carry out.
find_profile_manager() {
  local profile
  manager=networkmanager
  profile=$(grep -ls "^uuid=$uuid" "$ROOT"/run/NetworkManager/system-connections/netplan-* | head -n 1)
  [ -n "$profile" ] || return 0
  id=${profile##*/netplan-}
  id=${id%.nmconnection}
  case $id in
    # NetworkManager's own profile, which netplan keeps on its behalf.
    NM-*) return ;;
    "$interface" | "$interface"-*) id=$interface ;;
  esac
  manager=netplan
}

dhcpcd_runs() {
  local pid
  for pid in "$ROOT/run/dhcpcd/$interface"*.pid "$ROOT/run/dhcpcd/pid" "$ROOT/run/dhcpcd"*.pid; do
    [ ! -e "$pid" ] || return 0
  done
  return 1
}
