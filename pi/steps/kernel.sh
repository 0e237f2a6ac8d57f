# What a node needs of the running system, after the reboot: a 64-bit userland of a known system, and a kernel that limits
# memory. Changes nothing.
# REBOOT_FOR: the steps whose changes take effect only after a reboot.

# shellcheck disable=SC2086 # Names of steps.
step_require() {
  local tries
  require_supported_system
  require_64_bit
  tries=180
  while [ -e "$REBOOTING" ] && [ "$tries" -gt 0 ]; do
    sleep 1
    tries=$((tries - 1))
  done
  if reboot_needed $REBOOT_FOR; then
    fail "reboot" "the host is still in the boot in which its boot files were changed" "must have rebooted since" \
      "reboot the host by hand, then run again"
  fi
  has_memory_controller ||
    fail "kernel" "$(uname -r), command line: $(cat "$ROOT/proc/cmdline")" "must be able to limit memory" \
      "look for what overrides cgroup_enable=memory on the command line"
}

# shellcheck disable=SC2086 # Names of steps.
step_verify() {
  if [ -e "$REBOOTING" ] || reboot_needed $REBOOT_FOR; then return 1; fi
  has_memory_controller
  require_supported_system
  require_64_bit
  fact kernel "$(uname -r)"
  fact system "$PRETTY_NAME"
  fact architecture "$ARCHITECTURE"
  fact cgroup "$CGROUP"
}
