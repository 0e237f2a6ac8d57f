#!/bin/sh
# Runs inside the builder layer: build.sh PAGE_IMAGE REDIS_IMAGE (as REGISTRY/NAME:TAG)
# /run/lab holds out/ (OCI layouts, by REGISTRY/NAME), work/, and read-only app/, node, npm/, ca-certificates.crt
# The images that the real ones are based on live in public registries. Here they are built from Debian's own
# packages and the machine's Node.js; the page's own Dockerfile is then built on them, unchanged.
set -eu
page=$1 redis=$2
lab=/run/lab
export TMPDIR=$lab/work/tmp
mkdir -p $TMPDIR

buildah() { command buildah --root $lab/work/storage --runroot $lab/work/run --storage-driver overlay "$@"; }

# Builds a root with busybox, the given programs, and the libraries that they are linked with.
tree() {
  root=$1
  shift
  mkdir -p "$root/usr/bin" "$root/usr/lib" "$root/usr/lib64" "$root/usr/sbin" "$root/etc/ssl/certs" "$root/tmp" "$root/root"
  chmod 1777 "$root/tmp"
  for dir in bin lib lib64 sbin; do ln -s "usr/$dir" "$root/$dir"; done
  cp /bin/busybox "$root/usr/bin/"
  for applet in $(busybox --list | grep -vx busybox); do ln -s busybox "$root/usr/bin/$applet"; done
  cp $lab/ca-certificates.crt "$root/etc/ssl/certs/"
  echo 'root:x:0:0::/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  for program; do
    ldd "$program" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' | while read -r library; do
      mkdir -p "$root/$(dirname "$library")"
      cp -L "$library" "$root/$library"
    done
  done
}

# user ROOT NAME ID
user() {
  echo "$2:x:$3:$3::/home/$2:/bin/sh" >>"$1/etc/passwd"
  echo "$2:x:$3:" >>"$1/etc/group"
  install -d -o "$3" -g "$3" "$1/home" "$1/home/$2"
}

# image NAME ROOT OPTIONS-OF-CONFIG...
image() {
  name=$1 root=$2
  shift 2
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$root" / >/dev/null
  buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" "$container"
  buildah commit --quiet --rm "$container" "$name" >/dev/null
}

export_image() {
  layout=$lab/out/${1%:*}
  mkdir -p "$layout"
  buildah push --quiet "$1" "oci:$layout:${1##*:}"
}

node=$lab/work/node
tree "$node" $lab/node
install -D $lab/node "$node/usr/local/bin/node"
mkdir -p "$node/usr/local/lib/node_modules" "$node/usr/local/etc"
cp -r $lab/npm "$node/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$node/usr/local/bin/npm"
echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$node/usr/local/etc/npmrc"
user "$node" node 1000
image localhost/node:lab "$node" --cmd node
buildah build --quiet --isolation chroot --build-arg NODE=localhost/node:lab --tag "$page" $lab/app >/dev/null
export_image "$page"

data=$lab/work/redis
programs="/usr/bin/redis-server /usr/bin/redis-cli /usr/bin/setpriv"
# shellcheck disable=SC2086 # words
tree "$data" $programs
# busybox has a setpriv of its own, with fewer options.
rm "$data/usr/bin/setpriv"
# shellcheck disable=SC2086
cp -L $programs "$data/usr/bin/"
user "$data" redis 999
install -d -o 999 -g 999 "$data/data"
install -D $lab/redis-entrypoint.sh "$data/usr/local/bin/docker-entrypoint.sh"
image "$redis" "$data" --entrypoint '["docker-entrypoint.sh"]' --cmd redis-server \
  --workingdir /data --volume /data --port 6379
export_image "$redis"
