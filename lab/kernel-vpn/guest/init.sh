#!/bin/sh
# The guest's first process: puts a root in memory over the disk, which stays as it is, and becomes systemd.
set -eu
export PATH=/usr/sbin:/usr/bin
modprobe overlay
mount -t tmpfs -o size=50%,mode=755 tmpfs /lab/memory
mkdir /lab/memory/upper /lab/memory/work /lab/memory/root
mount -t overlay -o lowerdir=/,upperdir=/lab/memory/upper,workdir=/lab/memory/work overlay /lab/memory/root
cd /lab/memory/root
pivot_root . lab/disk
exec chroot . /sbin/init
