# Docker from the distribution, unless the host has one already.

step_require() {
  require_supported_system
  require_64_bit
}

# The exit status of `docker run --memory` says nothing: without the memory controller it warns and runs without a limit.
step_verify() {
  local info
  info=$(docker_info 2>/dev/null) || :
  case $info in
    *'"MemoryLimit":true'*) ;;
    *)
      fail "docker info" "$(docker info 2>&1 | grep -e WARNING -e ERROR || echo "no answer")" \
        "must say that it limits memory" "reboot the host if its kernel flags are new"
      ;;
  esac
  json_text ServerVersion "$info"
  fact dockerVersion "$text"
  json_text CgroupVersion "$info"
  fact cgroupVersion "$text"
}

step_explain() {
  journalctl --no-pager -n 20 -u docker.service
}

step_undo() {
  if is_ours package docker.io && [ -z "${ROLLING_BACK-}" ]; then remove_docker_traces; fi
}

# If forwarding is off, Docker switches it on.
before_forwarding() {
  cat "$ROOT/proc/sys/net/ipv4/ip_forward"
}

# Asks Docker's API directly, in a third of the time that its command line takes; every node has curl.
docker_info() {
  if [ -S "$ROOT/run/docker.sock" ] && command -v curl >/dev/null; then
    curl -fsS --noproxy '*' --max-time 10 --unix-socket "$ROOT/run/docker.sock" http://localhost/info
  else
    docker info --format '{{json .}}'
  fi
}

# When Docker is removed, its bridge, its chains, its group and containerd's folder stay. If it switched forwarding on, it
# also set the policy of FORWARD to DROP (Docker's documentation, "Packet filtering and firewalls").
remove_docker_traces() {
  systemctl stop docker.service docker.socket containerd.service 2>/dev/null || :
  ip link delete docker0 2>/dev/null || :
  remove_docker_rules nat
  remove_docker_rules filter
  if docker_switched_forwarding_on && ! forwarding_is_configured; then sysctl -qw net.ipv4.ip_forward=0 || :; fi
}

# TABLE
remove_docker_rules() {
  local rules
  rules=$(iptables-save -t "$1" 2>/dev/null | grep -v -e DOCKER -e docker0) || return 0
  if docker_switched_forwarding_on; then
    rules=$(printf '%s\n' "$rules" | sed 's/^:FORWARD DROP/:FORWARD ACCEPT/')
  fi
  printf '%s\n' "$rules" | iptables-restore -T "$1" || :
}

docker_switched_forwarding_on() {
  [ "$(before forwarding)" = 0 ]
}

# Something else on the host may need it by now, such as the VPN.
forwarding_is_configured() {
  grep -qsE '^net.ipv4.ip_forward *= *1' "$ROOT"/etc/sysctl.conf "$ROOT"/etc/sysctl.d/*.conf
}
