#!/usr/bin/env bash
# `npm ci` and `npm test` on a Debian 12 with nothing but git, npm and the oldest Node that package.json takes, as root with
# an empty home: proves that README.md names all that they need. Builds that Debian with mmdebstrap from this machine's own
# sources, clones this checkout's HEAD into it, and removes it afterwards. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=bookworm
minutes=20 # for each step that could hang
root=$(mktemp -d /var/tmp/bare-root.XXXXXX)
trap 'rm -rf --one-file-system "$root"' EXIT

say() { echo "bare root: $*"; }
bounded() { timeout --kill-after=10 "${minutes}m" "$@"; }

# Only what this machine has in place of Debian's own: its mirror, and how apt gets there.
own_sources() {
  # shellcheck disable=SC1091
  if (. /etc/os-release && [ "$ID $VERSION_CODENAME" = "debian $suite" ]); then
    find /etc/apt/sources.list /etc/apt/sources.list.d/*debian.sources -type f 2>/dev/null
  fi
}

build() {
  mapfile -t sources < <(own_sources)
  command -v mmdebstrap >/dev/null || bounded apt-get install --yes --no-install-recommends mmdebstrap >/dev/null
  bounded mmdebstrap --quiet --mode=root --variant=minbase --include=git --skip=check/qemu \
    --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io "$suite" "$root" "${sources[@]}"
  apt-config dump | { grep -E '^Acquire::https?::' || :; } >"$root/etc/apt/apt.conf.d/99machine"
  cat /etc/resolv.conf >"$root/etc/resolv.conf"
  cat /etc/hosts >"$root/etc/hosts"
}

# npm's own package of this platform's Node; npm of this machine's version.
node_and_npm() {
  local oldest platform
  oldest=$(node -p 'require("./package.json").engines.node.replace(">=", "")')
  platform=$(node -p 'process.platform + "-" + process.arch')
  bounded npm install --global --prefix "$root/usr/local" --ignore-scripts --loglevel=error \
    "node@npm:node-$platform@~$oldest.0" "npm@$(npm --version)"
}

# How npm reaches its registry is this machine's matter: its settings and certificates, outside of the empty home.
npm_settings() {
  local place name file
  mkdir -p "$root/etc/npm"
  for place in user global; do
    file=$(npm config get "${place}config")
    if [ -f "$file" ]; then cp "$file" "$root/etc/npm/$place"; fi
    echo "NPM_CONFIG_${place^^}CONFIG=/etc/npm/$place"
  done
  file=$(npm config get cafile)
  if [ -f "$file" ]; then cp --parents "$file" "$root"; fi
  for name in $(compgen -e); do
    case ${name,,} in
    npm_config_*config | npm_config_prefix | npm_config_cache) ;;
    npm_config_* | *_proxy) echo "$name=${!name}" ;;
    node_extra_ca_certs | ssl_cert_file)
      cp --parents "${!name}" "$root"
      echo "$name=${!name}"
      ;;
    esac
  done
}

# Runs a command in the root, with mounts and processes of its own, which end with it. Not by chroot alone: the tests make
# namespaces, as only a process whose root is that of its mounts may.
inside() {
  # shellcheck disable=SC2016
  bounded unshare --mount --pid --fork --kill-child --propagation private sh -euc '
    root=$1
    shift
    mount --bind "$root" "$root"
    cd "$root"
    mount -t proc proc proc
    mount -t tmpfs tmpfs dev
    mkdir dev/pts dev/shm
    mount -t tmpfs -o mode=1777 tmpfs dev/shm
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    for link in fd:fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do ln -s "/proc/self/${link#*:}" "dev/${link%:*}"; done
    for device in null zero full random urandom tty; do
      : >"dev/$device"
      mount --bind "/dev/$device" "dev/$device"
    done
    mount -t tmpfs -o mode=1777 tmpfs tmp
    mount -t tmpfs -o mode=755 tmpfs run
    pivot_root . mnt
    umount -l /mnt
    exec env -i "$@"
  ' sh "$root" "${settings[@]}" PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"
}

say "Debian with git, about half a minute"
build
say "Node and npm"
node_and_npm
mapfile -t settings < <(npm_settings)
git clone --quiet . "$root/root/checkout"
# shellcheck disable=SC2016
inside sh -c 'echo "bare root: node $(node --version), npm $(npm --version), $(dpkg-query -f . -W | wc -c) packages"'
say "npm ci"
inside sh -c 'cd ~/checkout && npm ci'
say "npm test"
inside sh -c 'cd ~/checkout && npm test'
say "done"
