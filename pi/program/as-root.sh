# The user's half of every text: how it becomes root.
# shellcheck disable=SC2154 # root is set above.

as_root() {
  if [ -n "$sudo" ]; then sudo -n "$@"; else "$@"; fi
}

sudo=
[ -n "$root" ] || [ "$(id -u)" = 0 ] || sudo=yes
