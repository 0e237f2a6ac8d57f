#!/bin/sh
# What a Pi's firmware and kernel do before systemd starts anything: the command line is frozen as it was at boot, and
# the memory controller does not exist unless the command line asks for it. The lab's supervisor wrote /run/firmware.
set -eu
mount --bind /run/firmware/cmdline /proc/cmdline
memory=$(cat /run/firmware/memory)

# cgroup v1 has one mount per controller, which nspawn leaves read-only; on v2 the supervisor withholds the controller.
for controller in /sys/fs/cgroup/*; do
  mountpoint -q "$controller" || continue
  case $memory:$controller in
    off:*/memory) umount "$controller" ;;
    *) mount -o remount,bind,rw "$controller" ;;
  esac
done

if [ "$memory" = off ]; then
  awk -v OFS='\t' '$1 == "memory" { $2 = 0; $4 = 0 } 1' /proc/cgroups >/run/cgroups-without-memory
  mount --bind /run/cgroups-without-memory /proc/cgroups
fi
