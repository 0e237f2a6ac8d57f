import type { Step } from "../step.ts";
import { jsonText } from "./json.ts";
import { sixtyFourBit, supportedSystem } from "./supported-host.ts";

/**
 * Docker from the distribution, unless the host has one already; started at boot, and able to limit memory. The exit
 * status of `docker run --memory` says nothing: without the memory controller it warns and runs without a limit.
 *
 * Facts: `dockerVersion`, `cgroupVersion` (1 or 2).
 */
export function docker(): Step {
  return {
    name: "docker",
    require: `${supportedSystem}${sixtyFourBit}`,
    prepare: `
if [ ! -e "$STATE/before" ]; then
  {
    echo "forwarding $(cat "$ROOT/proc/sys/net/ipv4/ip_forward")"
    [ -e "$ROOT/etc/docker" ] || echo "no folder"
    [ -e "$ROOT/var/lib/containerd" ] || echo "no containerd"
    getent group docker >/dev/null || echo "no group"
  } >"$STATE/before.new"
  mv "$STATE/before.new" "$STATE/before"
fi
systemctl cat docker.service >/dev/null 2>&1 || install_packages docker.io
# Since Debian 13 a package of its own.
[ -e "$ROOT/usr/bin/docker" ] || [ -e "$ROOT/usr/local/bin/docker" ] || install_packages docker-cli
`,
    apply: `
if ! systemctl --quiet is-enabled docker.service || ! systemctl --quiet is-active docker.service; then
  : >"$STATE/enabled"
  run systemctl enable --now docker.service
fi
`,
    verify: `${jsonText}${dockerInfo}
[ -e "$ROOT/etc/systemd/system/multi-user.target.wants/docker.service" ] || systemctl --quiet is-enabled docker.service ||
  fail "docker.service" "disabled" "must be started at boot" "look for what disables it on the host"
info=$(docker_info 2>/dev/null) || :
case $info in
  *'"MemoryLimit":true'*) ;;
  *)
    fail "docker info" "$(docker info 2>&1 | grep -e WARNING -e ERROR || echo "no answer")" \\
      "must say that it limits memory" "reboot the host if its kernel flags are new"
    ;;
esac
json_text ServerVersion "$info"
fact dockerVersion "$text"
json_text CgroupVersion "$info"
fact cgroupVersion "$text"
`,
    settleSeconds: 30,
    explain: "journalctl --no-pager -n 20 -u docker.service",
    undo: `
[ ! -e "$STATE/enabled" ] || systemctl disable --now docker.service docker.socket 2>/dev/null || :
rm -f "$STATE/enabled"
if grep -qsx docker.io "$STATE/packages" && [ -z "\${ROLLING_BACK-}" ]; then
  systemctl stop docker.service docker.socket containerd.service 2>/dev/null || :
${leaveNoTrace}fi
remove_packages
`,
  };
}

/** Its API, as its command line asks it, in a third of the time; a host has curl once it is a node. */
const dockerInfo = `
docker_info() {
  if [ -S "$ROOT/run/docker.sock" ] && command -v curl >/dev/null; then
    curl -fsS --noproxy '*' --max-time 10 --unix-socket "$ROOT/run/docker.sock" http://localhost/info
  else
    docker info --format '{{json .}}'
  fi
}
`;

/**
 * A Docker that is removed leaves its bridge, its chains, its group and containerd's folder behind, and where it switched
 * forwarding on, it also set the policy of FORWARD to DROP (Docker's documentation, "Packet filtering and firewalls").
 */
const leaveNoTrace = `\
  ip link delete docker0 2>/dev/null || :
  forwarded=
  ! grep -qsx "forwarding 0" "$STATE/before" || forwarded=no
  for table in nat filter; do
    rules=$(iptables-save -t "$table" 2>/dev/null | grep -v -e DOCKER -e docker0) || continue
    [ "$forwarded" != no ] || rules=$(printf '%s\\n' "$rules" | sed 's/^:FORWARD DROP/:FORWARD ACCEPT/')
    printf '%s\\n' "$rules" | iptables-restore -T "$table" || :
  done
  # Unless somebody else has come to need it, such as the VPN.
  [ "$forwarded" != no ] || grep -qsE '^net.ipv4.ip_forward *= *1' "$ROOT"/etc/sysctl.conf "$ROOT"/etc/sysctl.d/*.conf ||
    sysctl -qw net.ipv4.ip_forward=0 || :
  ! grep -qsx "no group" "$STATE/before" || groupdel docker 2>/dev/null || :
  ! grep -qsx "no folder" "$STATE/before" || rm -rf "$ROOT/etc/docker"
  ! grep -qsx "no containerd" "$STATE/before" || rm -rf "$ROOT/var/lib/containerd"
`;
