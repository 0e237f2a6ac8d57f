# Reboots the host if a step changed something since it booted.
# REBOOT_FOR: the steps whose changes take effect only after a reboot.
# REBOOT_UNIT: reboot/unit.sh, which runs in its own shell.

# shellcheck disable=SC2086 # Names of steps.
step_verify() {
  if [ -e "$REBOOTING" ]; then return; fi
  if reboot_needed $REBOOT_FOR; then return 1; fi
}

# Ends as soon as the reboot is certain to come: sshd no longer listens by then, so that the next connection finds the
# rebooted host.
# shellcheck disable=SC2086 # Names of steps.
step_apply() {
  local tries
  if ! reboot_needed $REBOOT_FOR; then return; fi
  if [ ! -e "$REBOOTING" ]; then
    say "reboots"
    systemctl reset-failed ecs-anywhere-hybrid-reboot 2>/dev/null || :
    # A separate unit: killing this run no longer stops the reboot.
    run systemd-run --quiet --collect --unit=ecs-anywhere-hybrid-reboot sh -c "$REBOOT_UNIT" sh "$REBOOTING"
  fi
  tries=100
  while [ ! -e "$REBOOTING" ] && [ "$tries" -gt 0 ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
  [ -e "$REBOOTING" ] ||
    fail "reboot" "sshd still listens after 10 s" "must be stopped before the reboot" "look at systemctl status ssh"
}
