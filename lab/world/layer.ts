/**
 * A layer over the hosts' Debian with more packages, for programs outside the hosts: changes nothing on the lab's
 * machine.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, stampIn } from "./cached.ts";
import { paths } from "./paths.ts";
import { run, withOwnMounts } from "./run.ts";

/** It has mounts of its own, so a killed build leaves none behind. */
const install = `
set -eu
root=$1 lower=$2 upper=$3 work=$4 mirror=$5; shift 5
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work" "$root"
mkdir -p "$root/mnt" && mount --bind "$mirror" "$root/mnt"
printf '#!/bin/sh\\nexit 101\\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
echo 'deb [trusted=yes] file:/mnt ./' >"$root/etc/apt/sources.list"
chroot "$root" apt-get update
DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install --yes --no-install-recommends "$@"
`;

/** Builds a layer with `packages` in `folder`, if they or the Debian below changed. Returns whether it did. */
export const buildLayer = (folder: string, packages: readonly string[]) =>
  cached(folder, { packages, below: stampIn(paths.debian) }, async (dir) => {
    const part = (name: string) => join(dir, name);
    for (const name of ["upper", "work", "root"]) mkdirSync(part(name), { recursive: true });
    const places = [part("root"), paths.rootfs, part("upper"), part("work"), paths.mirror];
    const log = join(paths.log, "layers.log");
    await run(withOwnMounts(install, ...places, ...packages), { log, timeoutSeconds: 600 });
    rmSync(part("work"), { recursive: true });
    // A target for a bind, since the layer itself is mounted read-only. systemd-resolved makes a link of it.
    rmSync(join(part("upper"), "etc/resolv.conf"), { force: true });
    writeFileSync(join(part("upper"), "etc/resolv.conf"), "");
  });

export interface Bind {
  /** On the lab's machine. */
  readonly from: string;
  /** Inside the layer's root: an existing path, or /run/lab. */
  readonly to: string;
}

/**
 * Returns the command that runs `argv` inside a layer's root, with `binds`. It becomes one process by exec, in a mount
 * namespace of its own that vanishes with it.
 */
export function inLayer(folder: string, argv: readonly string[], binds: readonly Bind[]): readonly string[] {
  const root = join(folder, "root");
  const script = [
    "set -eu",
    `root=$1; shift`,
    `mount -t overlay overlay -o "lowerdir=${join(folder, "upper")}:${paths.rootfs}" "$root"`,
    'mount --rbind /dev "$root/dev"',
    'mount -t proc proc "$root/proc"',
    'for dir in run tmp var/tmp; do mount -t tmpfs tmpfs "$root/$dir"; done',
    'mkdir "$root/run/lab"',
    ...binds.map(({ from, to }) => `mount --bind '${from}' "$root${to}"`),
    'exec chroot "$root" "$@"',
  ].join("\n");
  return withOwnMounts(script, root, ...argv);
}
