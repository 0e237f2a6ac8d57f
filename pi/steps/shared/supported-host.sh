# What a step asks of a host before it touches anything.

# Sets ID, VERSION_ID and PRETTY_NAME, as os-release(5) has them.
read_os_release() {
  ID=''
  VERSION_ID=''
  PRETTY_NAME=''
  # shellcheck disable=SC1091 # A file of the host.
  if [ -e "$ROOT/etc/os-release" ]; then . "$ROOT/etc/os-release"; fi
  # Debian's testing has no number yet.
  VERSION_ID=${VERSION_ID:-99}
}

# Whether the system is maintained, and its curl can sign requests to AWS (--aws-sigv4 and --fail-with-body, 7.76): without that
# a node could not deregister itself.
system_is_supported() {
  case $ID in
    debian | raspbian) [ "${VERSION_ID%%.*}" -ge 12 ] ;;
    ubuntu) [ "${VERSION_ID%%.*}" -ge 22 ] ;;
    *) return 1 ;;
  esac
}

# Fails unless the host runs a system that the steps know, with systemd.
require_supported_system() {
  read_os_release
  system_is_supported ||
    fail "operating system" "${PRETTY_NAME:-unknown}" \
      "must be Raspberry Pi OS or Debian, 12 or newer, or Ubuntu, 22.04 or newer" "install one of these on the host"
  [ -d "$ROOT/run/systemd/system" ] ||
    fail "operating system" "$PRETTY_NAME without systemd" "must have been booted by systemd" \
      "install systemd on the host"
}

# Sets ARCHITECTURE, or fails on a 32-bit userland: AWS has no agent for it. `uname -m` would say aarch64 under a 64-bit
# kernel.
require_64_bit() {
  ARCHITECTURE=$(dpkg --print-architecture)
  case $ARCHITECTURE in
    arm64 | amd64) ;;
    *)
      fail "userland" "$ARCHITECTURE" "must be 64-bit, arm64 or amd64, for the ECS agent" \
        "write the 64-bit image of the system to the host's disk"
      ;;
  esac
}
