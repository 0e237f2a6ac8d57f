# vpn-watchdog on the userspace path: the tunnel that came up last has the VPC's traffic.

# TUNNEL: takes it down. The next look starts it again, or a later one when it flaps: a tunnel that comes up carries the
# VPC's traffic at once.
leave() {
  local value
  timeout 2 swanctl --terminate --ike "$1" --force >/dev/null 2>&1
  get flaps "$1"
  put pause "$1" $((value > 0 ? 1 << value : 0))
  put state "$1" none
  put refused "$1" 1
  put strikes "$1" 0
}

recovered() { is probe "$1" answers; }

take_back() { put pause "$1" 0; }

# It came up again, and two looks later it is still silent.
leave_again() {
  local value
  get strikes "$1"
  put strikes "$1" $((value + 1))
  [ "$value" -lt 1 ] || leave "$1"
}

# When systemd-networkd starts, as `netplan apply` makes it, it deletes the rules that it did not make.
tend() {
  case $(ip -4 rule show) in *"lookup 220"*) ;; *) ip -4 rule add pref 220 table 220 ;; esac
}
