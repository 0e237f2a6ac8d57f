import type { Script } from "../step.ts";

/**
 * Fails unless the host runs a system that the steps know: with systemd and apt, and new enough that its makers still mend
 * it and that its curl can sign for AWS (--aws-sigv4 and --fail-with-body, 7.76), without which no node could sign itself off.
 */
export const supportedSystem: Script = `
supported() {
  case $ID in
    debian | raspbian) [ "\${VERSION_ID%%.*}" -ge 12 ] ;;
    ubuntu) [ "\${VERSION_ID%%.*}" -ge 22 ] ;;
    *) false ;;
  esac
}
PRETTY_NAME=''
ID=''
VERSION_ID=''
[ ! -e "$ROOT/etc/os-release" ] || . "$ROOT/etc/os-release"
# Debian's testing has no number yet.
VERSION_ID=\${VERSION_ID:-99}
supported ||
  fail "operating system" "\${PRETTY_NAME:-unknown}" \\
    "must be Raspberry Pi OS or Debian, 12 or newer, or Ubuntu, 22.04 or newer" "install one of these on the host"
[ -d "$ROOT/run/systemd/system" ] ||
  fail "operating system" "$PRETTY_NAME without systemd" "must have been booted by systemd" "install systemd on the host"
`;

/** Fails on a 32-bit userland, also under a 64-bit kernel, where \`uname -m\` says aarch64: AWS has no agent for it. */
export const sixtyFourBit: Script = `
userland=$(dpkg --print-architecture)
case $userland in
  arm64 | amd64) ;;
  *)
    fail "userland" "$userland" "must be 64-bit, arm64 or amd64, for the ECS agent" \\
      "write the 64-bit image of the system to the host's disk"
    ;;
esac
`;

/** Defines \`memory_controller\`: whether the running kernel can limit memory. Sets \`cgroup\` to v1 or v2. */
export const memoryController: Script = `
memory_controller() {
  controllers=
  cgroup=v2
  [ ! -e "$ROOT/sys/fs/cgroup/cgroup.controllers" ] || read -r controllers <"$ROOT/sys/fs/cgroup/cgroup.controllers"
  case " $controllers " in *" memory "*) return 0 ;; esac
  cgroup=v1
  # On v2 the kernel may list it in neither place but the one above; on v1 it must be enabled and mounted.
  grep -qsE '^memory[[:space:]].*[[:space:]]1$' "$ROOT/proc/cgroups" &&
    grep -qsE '^[^ ]+ [^ ]+ cgroup ([^ ]*,)?memory[, ]' "$ROOT/proc/mounts"
}
`;

/** Folder of what holds until the next boot. */
export const untilReboot = "$ROOT/run/ecs-anywhere-hybrid";

/** Defines \`reboot_needed STEP…\`: whether one of the steps changed something since this boot. */
export const rebootNeeded: Script = `
reboot_needed() {
  read -r boot <"$ROOT/proc/sys/kernel/random/boot_id"
  for step; do
    marked=
    [ ! -e "${untilReboot}/reboot/$step" ] || read -r marked <"${untilReboot}/reboot/$step"
    [ "$marked" != "$boot" ] || return 0
  done
  return 1
}
`;
