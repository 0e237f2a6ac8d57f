#!/bin/sh
# Runs one host of the lab, boot after boot: supervise.sh NAME FOLDER NETNS MAC ROOTFS BRIDGE_NETNS
# FOLDER holds up/ (the host's disk), work/, root/, docker/, firmware/. A file FOLDER/stopping ends it after this boot.
set -u
name=$1 folder=$2 netns=$3 mac=$4 rootfs=$5 internet=$6
cgroups=/sys/fs/cgroup
cgroup=hl-$name

# What the Pi's firmware would do: it reads the command line from the disk, once per boot.
read_firmware() {
  line=$(head -n 1 "$folder/up/boot/firmware/cmdline.txt")
  echo "coherent_pool=1M 8250.nr_uarts=0 cgroup_disable=memory $line" >"$folder/firmware/cmdline"
  case " $line " in
    *' cgroup_enable=memory '*) memory=on ;;
    *) memory=off ;;
  esac
  echo "$memory" >"$folder/firmware/memory"
}

# Every host has its own cgroup, or the units of all hosts would be in one.
enter_cgroup() {
  if [ -e "$cgroups/cgroup.controllers" ]; then
    # v2: a cgroup that gives its children controllers must have no processes, hence a child for each purpose.
    mkdir -p "$cgroups/$cgroup/supervisor"
    echo $$ >"$cgroups/$cgroup/supervisor/cgroup.procs"
    return
  fi
  for hierarchy in "$cgroups"/*; do
    [ -e "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/$cgroup"
    if [ -e "$hierarchy/cpuset.cpus" ]; then
      cat "$hierarchy/cpuset.cpus" >"$hierarchy/$cgroup/cpuset.cpus"
      cat "$hierarchy/cpuset.mems" >"$hierarchy/$cgroup/cpuset.mems"
    fi
    echo $$ >"$hierarchy/$cgroup/cgroup.procs"
  done
}

# v2 only: a controller that this cgroup does not pass on does not exist for the host.
hand_on_controllers() {
  [ -e "$cgroups/cgroup.controllers" ] || return 0
  find "$cgroups/$cgroup/boot" -depth -type d -exec rmdir {} + 2>/dev/null
  for controller in cpu cpuset io memory pids; do
    grep -qw "$controller" "$cgroups/cgroup.controllers" || continue
    echo "+$controller" >"$cgroups/cgroup.subtree_control"
    sign=+
    if [ "$controller:$memory" = memory:off ]; then sign=-; fi
    echo "$sign$controller" >"$cgroups/$cgroup/cgroup.subtree_control"
  done
  mkdir -p "$cgroups/$cgroup/boot"
}

# Each boot gets a new namespace, so that no rule, route or bridge outlives it, and a cable to the home's switch.
plug_in() {
  # The old cable is removed by its name, since the kernel may take long to remove a namespace and its cable.
  ip -n "$internet" link del "h-$name" 2>/dev/null
  ip netns del "$netns" 2>/dev/null
  ip netns add "$netns"
  ip -n "$netns" link set lo up
  ip link add name eth0 netns "$netns" type veth peer name "h-$name" netns "$internet"
  ip -n "$internet" link set "h-$name" up master home
  ip -n "$netns" link set eth0 down address "$mac"
}

enter_cgroup
while :; do
  read_firmware
  hand_on_controllers
  plug_in
  # The disk is mounted in a namespace that ends with the boot, so no mount is ever left behind.
  # shellcheck disable=SC2016 # the inner shell expands its own
  unshare --mount --propagation private sh -c '
    folder=$1 rootfs=$2 netns=$3 name=$4 procs=$5
    if [ -e "$procs" ]; then echo $$ >"$procs"; fi
    mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$folder/up,workdir=$folder/work" "$folder/root"
    export SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes
    exec systemd-nspawn --quiet --boot --directory="$folder/root" --machine="hl-$name" --hostname="$name" \
      --network-namespace-path="/run/netns/$netns" --register=no --keep-unit --console=pipe \
      --resolv-conf=off --timezone=off --link-journal=no --capability=all --system-call-filter="@keyring bpf" \
      --bind=/dev/net/tun --bind="$folder/docker:/var/lib/docker" --bind-ro="$folder/firmware:/run/firmware"
  ' sh "$folder" "$rootfs" "$netns" "$name" "$cgroups/$cgroup/boot/cgroup.procs" &
  echo $! >"$folder/boot.pid"
  wait $!
  status=$?
  # 133 is a reboot asked for from inside.
  if [ "$status" != 133 ] || [ -e "$folder/stopping" ]; then exit "$status"; fi
done
