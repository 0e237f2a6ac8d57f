import type { Step } from "../step.ts";
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
    verify: `
[ -e "$ROOT/etc/systemd/system/multi-user.target.wants/docker.service" ] || systemctl --quiet is-enabled docker.service
info=$(docker info --format '{{.MemoryLimit}} {{.ServerVersion}} {{.CgroupVersion}}' 2>/dev/null) || :
case $info in
  "true "*) ;;
  *)
    fail "docker info" "$(docker info 2>&1 | grep -e WARNING -e ERROR || echo "$info")" \\
      "must say that it limits memory" "reboot the host if its kernel flags are new"
    ;;
esac
version=\${info#true }
fact dockerVersion "\${version% *}"
fact cgroupVersion "\${version##* }"
`,
    settleSeconds: 30,
    explain: "journalctl --no-pager -n 20 -u docker.service",
    undo: `
[ ! -e "$STATE/enabled" ] || systemctl disable --now docker.service docker.socket 2>/dev/null || :
rm -f "$STATE/enabled"
remove_packages
`,
  };
}
