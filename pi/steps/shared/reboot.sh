# What is true until the next boot, like the content of /run.

# Exists once the host is certain to reboot.
REBOOTING=$ROOT/run/ecs-anywhere-hybrid/rebooting

# STEP…: whether one of the steps changed something since this boot.
reboot_needed() {
  local boot step marked
  read -r boot <"$ROOT/proc/sys/kernel/random/boot_id"
  for step; do
    marked=
    if [ -e "$ROOT/run/ecs-anywhere-hybrid/reboot/$step" ]; then
      read -r marked <"$ROOT/run/ecs-anywhere-hybrid/reboot/$step" || :
    fi
    if [ "$marked" = "$boot" ]; then return 0; fi
  done
  return 1
}
