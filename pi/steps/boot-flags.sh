# The kernel limits memory from the next boot on: a flag on the one line of cmdline.txt.

# A Pi's kernel boots with cgroup_disable=memory; this flag reverts it (raspberrypi/documentation, "cmdline.txt").
MEMORY_FLAG=cgroup_enable=memory

step_detect() {
  if ! booted_with_memory_flag && has_memory_controller; then return; fi
  # Since Debian 12 the older path only says that the file has moved.
  [ -e "$ROOT/boot/firmware/cmdline.txt" ] || [ -e "$ROOT/boot/cmdline.txt" ] ||
    fail "kernel" "no memory controller, and no cmdline.txt in /boot/firmware or /boot" "must be able to limit memory" \
      "add $MEMORY_FLAG to the kernel's command line (with GRUB: in /etc/default/grub, then update-grub) and reboot"
  add_word "$MEMORY_FLAG" /boot/firmware/cmdline.txt /boot/cmdline.txt
}

step_require() {
  require_supported_system
  require_64_bit
}

# The flag takes effect after the reboot; the step `kernel` verifies it.
step_verify() {
  :
}

booted_with_memory_flag() {
  local line
  line=
  read -r line <"$ROOT/proc/cmdline" || :
  case " $line " in *" $MEMORY_FLAG "*) ;; *) return 1 ;; esac
}
